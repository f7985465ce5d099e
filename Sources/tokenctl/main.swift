import Glibc
import TokenctlCommands

// The one call that programs make all day is answered before the argument parser is even set up.
let arguments = Array(CommandLine.arguments.dropFirst())
if let call = FastToken(arguments) { exit(call.run()) }
exit(Tokenctl.run(arguments))
