import Glibc
import TokenctlCommands

// The calls that programs make all day are answered before the argument parser is even set up.
let arguments = Array(CommandLine.arguments.dropFirst())
if let command = FastPath.command(arguments) { exit(command.run()) }
exit(Tokenctl.run(arguments))
