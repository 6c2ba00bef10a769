"""Made-up departments, and the five real ones recovered from what they published."""
