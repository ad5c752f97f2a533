"""Routes of receipts, and the views of scans."""
