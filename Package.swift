// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The modules of Apus and their arrows: README.md, "Modules". One line a module.

let libTorchDirectory = Context.environment["APUS_LIBTORCH"] ?? Context.packageDirectory + "/.deps/libtorch"

/// What a module takes from outside Swift: compiler and linker flags, named once.
struct External {
    var compile: [String] = []
    var link: [String] = []

    /// Per-operator ATen headers only; `libtorch.so` is never linked (it drags in all of CUDA).
    static let libTorch = External(
        compile: [
            "-isystem", "\(libTorchDirectory)/include",
            "-isystem", "\(libTorchDirectory)/include/torch/csrc/api/include",
        ],
        link: [
            "-L\(libTorchDirectory)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libTorchDirectory)/lib",
            "-ltorch_cpu", "-lc10",
        ])
    static let openCV = External(
        compile: ["-isystem", "/usr/include/opencv4"], link: ["-lopencv_imgproc", "-lopencv_core"])
    static let hdf5 = External(compile: ["-isystem", "/usr/include/hdf5/serial"], link: ["-lhdf5_serial"])
    static let digest = External(link: ["-lcrypto"])
    /// Static, so that `apus-infer` runs where these packages are not installed.
    static let codecs = External(link: ["-l:libturbojpeg.a", "-l:libpng16.a", "-l:libz.a"])
}


/// A target and the modules it may import. C targets begin with `C`.
struct Module {
    let name: String
    let imports: [String]
    var packages: [Target.Dependency] = []
    var external: External?
    var isExecutable = false
    var needsLibTorch = false

    var isC: Bool { name.hasPrefix("CApus") }
    var testName: String { name + "Tests" }
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let modules = [
    Module(name: "CApusKernels", imports: []),
    Module(name: "CApusCodecs", imports: [], external: .codecs),
    Module(name: "ApusCore", imports: []),
    Module(name: "CApusDigest", imports: [], external: .digest),
    Module(name: "ApusDigest", imports: ["CApusDigest"]),
    Module(name: "ApusConfiguration", imports: ["ApusCore"], packages: [yams]),
    Module(name: "ApusVision", imports: ["ApusCore", "CApusCodecs", "CApusKernels"]),
    Module(name: "ApusMetrics", imports: ["ApusVision"]),
    Module(name: "ApusONNX", imports: ["ApusCore"]),
    Module(name: "ApusRuntime", imports: ["ApusONNX", "CApusKernels"]),
    Module(name: "ApusInference", imports: ["ApusRuntime", "ApusVision"]),
    Module(
        name: "apus-infer", imports: ["ApusInference"], packages: [argumentParser], isExecutable: true),
    Module(name: "ApusTracking", imports: ["ApusConfiguration", "ApusDigest"]),
    Module(name: "CApusOpenCV", imports: [], external: .openCV),
    Module(name: "ApusAugmentation", imports: ["ApusVision", "ApusConfiguration", "CApusOpenCV"]),
    Module(name: "CApusHDF5", imports: [], external: .hdf5),
    Module(
        name: "ApusDatasets", imports: ["ApusAugmentation", "ApusConfiguration", "ApusDigest", "CApusHDF5"]),
    Module(name: "CApusTorch", imports: [], external: .libTorch, needsLibTorch: true),
    Module(name: "ApusTorch", imports: ["ApusCore", "CApusTorch"], needsLibTorch: true),
    Module(name: "ApusNN", imports: ["ApusTorch"], needsLibTorch: true),
    Module(name: "ApusModels", imports: ["ApusNN", "ApusVision", "ApusConfiguration"], needsLibTorch: true),
    Module(
        name: "ApusTraining", imports: ["ApusModels", "ApusDatasets", "ApusMetrics", "ApusTracking"],
        needsLibTorch: true),
    Module(name: "ApusExport", imports: ["ApusModels", "ApusRuntime", "ApusInference", "ApusTracking"], needsLibTorch: true),
    Module(
        name: "apus", imports: ["ApusTraining", "ApusExport"], packages: [argumentParser], isExecutable: true,
        needsLibTorch: true),
    Module(name: "apus-step", imports: ["ApusModels"], isExecutable: true, needsLibTorch: true),
]

// Without LibTorch the package holds the deployed half only; APUS_ONLY=Name,… narrows the package
// to these modules, what they import, and their tests (for a quick inner loop).
let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })

func closure(of names: [String]) -> Set<String> {
    names.reduce(into: []) { $0.formUnion([$1] + closure(of: byName[$1]?.imports ?? [])) }
}

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

let only = Context.environment["APUS_ONLY"].map { closure(of: $0.split(separator: ",").map(String.init)) }
let chosen = modules.filter {
    (only?.contains($0.name) ?? true) && (!$0.needsLibTorch || exists(libTorchDirectory + "/lib"))
        && exists(Context.packageDirectory + "/Sources/" + $0.name)
}

// `-enable-testing` everywhere, so that one release build serves both the commands and the tests.
let swiftSettings: [SwiftSetting] = [.treatAllWarnings(as: .error), .unsafeFlags(["-enable-testing"])]

func target(_ module: Module) -> Target {
    let dependencies = module.imports.map { Target.Dependency.target(name: $0) } + module.packages
    let flags = module.external?.compile ?? []
    let linker: [LinkerSetting] = module.external.map { [.unsafeFlags($0.link)] } ?? []
    if module.isExecutable {
        return .executableTarget(name: module.name, dependencies: dependencies, swiftSettings: swiftSettings)
    }
    guard module.isC else {
        return .target(name: module.name, dependencies: dependencies, swiftSettings: swiftSettings)
    }
    return .target(
        name: module.name, dependencies: dependencies,
        cSettings: [.treatAllWarnings(as: .error), .unsafeFlags(["-O3"] + flags)],
        cxxSettings: [.treatAllWarnings(as: .error), .unsafeFlags(["-O2"] + flags)],
        linkerSettings: linker)
}

func testTarget(_ module: Module) -> Target {
    .testTarget(
        name: module.testName, dependencies: [.target(name: module.name)],
        exclude: exists(Context.packageDirectory + "/Tests/\(module.testName)/Oracles") ? ["Oracles"] : [],
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "Apus",
    products: chosen.filter(\.isExecutable).map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: chosen.map(target)
        + chosen.filter { exists(Context.packageDirectory + "/Tests/" + $0.testName) }.map(testTarget),
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17,
    cxxLanguageStandard: .cxx20)
