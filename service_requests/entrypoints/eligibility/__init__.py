"""Routes of assessments, of the policy and its trial, and the views of a decision."""
