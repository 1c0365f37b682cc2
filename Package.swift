// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with. Warnings in the libraries below do not reach us, ours stop the build.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// The only targets with unsafe code: each such expression there says `unsafe`.
let unsafeSettings = settings + [.strictMemorySafety()]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
// Its TLS stays out: ours stands before the page.
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "leavecopy",
    products: [.executable(name: "leavecopy", targets: ["leavecopy"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "LibCrypto", dependencies: ["COpenSSL"], swiftSettings: unsafeSettings),
        .target(name: "TLS", dependencies: ["COpenSSL", "LibCrypto", nioCore], swiftSettings: unsafeSettings),
        .target(name: "Linux", swiftSettings: unsafeSettings),
        .target(name: "POP3", dependencies: ["Linux", nioCore], swiftSettings: settings),
        .target(name: "IMAP", dependencies: ["Linux", nioCore], swiftSettings: settings),
        .target(name: "Gateway", dependencies: ["POP3", "IMAP", "Linux", nioCore], swiftSettings: settings),
        .target(
            name: "Upstream",
            dependencies: ["IMAP", "POP3", "TLS", "LibCrypto", "Linux", "Gateway", nioCore, nioPosix, logging],
            swiftSettings: settings
        ),
        .target(
            name: "Store",
            dependencies: ["Gateway", "IMAP", "POP3", "LibCrypto", "Linux", grdb, logging],
            swiftSettings: settings
        ),
        .target(name: "Report", dependencies: ["Store", "Gateway", "LibCrypto"], swiftSettings: settings),
        .target(
            name: "Review",
            dependencies: [
                "Report", "Store", "Gateway", "LibCrypto", "Linux", hummingbird, hummingbirdCore, httpTypes, mustache,
                nioCore, nioPosix, logging, lifecycle,
            ],
            // Embedded, so that one installed file is the whole program.
            resources: [.embedInCode("Templates"), .embedInCode("Assets")],
            swiftSettings: settings
        ),
        .target(
            name: "Server",
            dependencies: [
                "POP3", "IMAP", "Gateway", "TLS", "LibCrypto", "Linux", "Upstream", "Store", "Report", "Review",
                nioCore, nioPosix, nioExtras, logging, lifecycle, unixSignals, subprocess, system,
                "Yams",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "leavecopy",
            dependencies: ["Server", "Report", "Store", "Gateway", "Linux", logging, argumentParser],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Gateway", "IMAP", "POP3", "TLS", "LibCrypto", "Linux", nioCore, nioPosix],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "LibCryptoTests", dependencies: ["LibCrypto", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TLSTests",
            dependencies: ["TLS", "LibCrypto", "TestSupport", nioCore, nioEmbedded, nioPosix],
            swiftSettings: settings
        ),
        .testTarget(name: "LinuxTests", dependencies: ["Linux", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "POP3Tests",
            dependencies: ["POP3", "Linux", "TestSupport", nioCore],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IMAPTests",
            dependencies: ["IMAP", "Linux", "TestSupport", nioCore],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Gateway", "POP3", "IMAP", "LibCrypto", "Linux", "TestSupport", nioCore],
            resources: [.copy("Transcripts")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UpstreamTests",
            dependencies: [
                "Upstream", "Gateway", "IMAP", "POP3", "TLS", "LibCrypto", "Linux", "TestSupport", nioCore,
                nioEmbedded, nioPosix, logging,
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StoreCrashChild",
            dependencies: ["Store", "Gateway"],
            path: "Tests/StoreCrashChild",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "RecordMill",
            dependencies: ["Report", "Store", "Gateway", "IMAP", "TestSupport"],
            path: "Tests/RecordMill",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "HotLoops",
            dependencies: ["Gateway", "IMAP", "POP3", nioCore],
            path: "Tests/Benchmarks/HotLoops",
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "StoreCrashChild", "Store", "Gateway", "IMAP", "POP3", "LibCrypto", "Linux", "TestSupport", grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReportTests",
            dependencies: ["Report", "Store", "Gateway", "LibCrypto", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReviewTests",
            dependencies: [
                "Review", "Report", "Store", "Gateway", "IMAP", "POP3", "LibCrypto", "Linux", "TestSupport", httpTypes,
                mustache, nioCore, nioPosix, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Report", "Store", "Gateway", "POP3", "IMAP", "TLS", "LibCrypto", "Linux", "Upstream",
                "TestSupport",
                nioCore, nioEmbedded, nioExtras, nioPosix, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LeavecopyTests",
            dependencies: ["leavecopy", "Report", "Server", "Store", "Gateway", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InteropTests",
            dependencies: ["TestSupport"],
            exclude: ["lab"],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
