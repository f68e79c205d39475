"""What is known before anything is touched: regions, quotas, limits, names, rights, prices."""
