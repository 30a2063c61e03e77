"""The command line: parse, call the services, print, exit code. One small file per command group."""
