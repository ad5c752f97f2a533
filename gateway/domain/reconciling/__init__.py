"""What is compared between the services, and the findings."""
