// Shows the merged document. A token stays in this page's memory and is gone when it is left.
window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/v1/openapi.json",
    dom_id: "#swagger",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (request.method !== "GET" && request.method !== "DELETE" && !request.headers["Idempotency-Key"]) {
        request.headers["Idempotency-Key"] = window.crypto.randomUUID();
      }
      return request;
    },
  });
});
