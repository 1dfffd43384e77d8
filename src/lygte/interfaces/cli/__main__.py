from lygte.interfaces.cli.main import main

main()
