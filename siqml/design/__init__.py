"""From labelled structures of any small molecule to a spec and a config: what ``siqml init`` decides, and why."""
