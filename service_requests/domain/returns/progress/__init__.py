"""What is still open in a return: who acts next, until when, and what happens when the time is over."""
