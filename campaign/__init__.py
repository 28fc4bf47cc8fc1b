"""The campaign against false verdicts: right circuits must be proven, wrong ones refused (``python -m campaign``)."""
