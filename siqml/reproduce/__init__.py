"""One file for every table or figure of the paper: our row beside the printed one."""
