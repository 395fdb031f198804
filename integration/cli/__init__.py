"""The command `yrd`: one file for each group of commands; heavy imports wait until they are used."""
