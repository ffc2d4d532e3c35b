# Assembles weir::weir and weir::stores from the modules and installs them with their packages.
