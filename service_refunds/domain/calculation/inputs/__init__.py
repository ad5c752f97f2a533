"""What a calculation is asked: order, request, policy and earlier refunds, each field checked."""
