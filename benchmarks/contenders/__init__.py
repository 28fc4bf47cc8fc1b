"""What contenders do, each module in the environment of its contender."""
