import Glibc

// Runs one hot loop so often, for what counts instructions and allocations: see Tests/Benchmarks/hot-loops. Without
// Foundation, which callgrind does not survive.
//
//     HotLoops                  names of the loops
//     HotLoops NAME TIMES
let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first else {
    for loop in HotLoop.allCases { print(loop.rawValue) }
    exit(0)
}
guard let loop = HotLoop(rawValue: name), let times = arguments.dropFirst().first.flatMap({ Int($0) }) else {
    print("usage: HotLoops NAME TIMES")
    exit(64)
}
let input = HotLoopInput(loop)
var octets = 0
for _ in stride(from: 0, to: times, by: 1) { octets &+= input.run() }
print("\(octets) octets came out")
