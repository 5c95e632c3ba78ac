"""The empirical risk of tickets, the subject of the paper's claims."""
