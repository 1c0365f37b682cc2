import Foundation
import Store

// Makes records by the million, through the store's own code, and measures what reads them.
//
//     swift build -c release --product RecordMill
//     .build/release/RecordMill make FOLDER [RECORDS [SEED]]
//     .build/release/RecordMill searches|others|verify|export|export-device FOLDER
//     .build/release/RecordMill burst FOLDER
//
// `make` makes the state folder FOLDER (which must not be there yet) with RECORDS (1,000,000) records of 400 days: offices
// with devices that leave a copy, delete at once, delete after a while or were switched over, PCs that nobody knows, stale
// passwords, strangers, operators. The same SEED (1) gives the same records, but for salts and the key. `burst` makes a
// folder and writes 20,000 DELEs to it as fast as they are taken. The others measure a folder that was made, and print a
// table or a line; for the peak of memory each is a run of its own.
let arguments = CommandLine.arguments.dropFirst()
let command = arguments.first ?? ""
let folder = arguments.dropFirst().first ?? ""
let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }

func make(_ folder: String) throws {
    try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700]
    )
}

guard !folder.isEmpty, numbers.allSatisfy({ $0 > 0 }) else {
    print("usage: RecordMill make|searches|others|verify|export|export-device|burst FOLDER [RECORDS [SEED]]")
    exit(64)
}
switch command {
case "make":
    try make(folder)
    let records = numbers.first ?? 1_000_000
    let begin = ContinuousClock.now
    var mill = try await Mill(folder: folder, records: records, seed: UInt64(numbers.dropFirst().first ?? 1))
    try await mill.run()
    print("\(records) records in \(ContinuousClock.now - begin), \(Measurement.peak)")
case "burst":
    try make(folder)
    try await Burst.run(folder: folder)
case "searches": try await Measurement(folder: folder).searches()
case "others": try await Measurement(folder: folder).others()
case "verify": try await Measurement(folder: folder).verification()
case "export": try await Measurement(folder: folder).export(RecordFilter())
case "export-device": try await Measurement(folder: folder).export(RecordFilter(device: "pc1"))
case _:
    print("unknown: \(command)")
    exit(64)
}
