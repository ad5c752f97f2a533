"""What every process needs: a clock, new ids, supervised loops, memory settings."""
