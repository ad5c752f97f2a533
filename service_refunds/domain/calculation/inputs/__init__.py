"""The input of a calculation: order, request, policy and earlier refunds, each field checked."""
