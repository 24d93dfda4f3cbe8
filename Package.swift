// swift-tools-version: 6.2
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
            // GCC builds LibTorch: from 18 on Clang has other names for templates with a condition, which 2.11 exports.
            "-fclang-abi-compat=17",
            "-isystem", "\(libTorchDirectory)/include",
            "-isystem", "\(libTorchDirectory)/include/torch/csrc/api/include",
            "-idirafter", Context.packageDirectory + "/Sources/CApusTorch/gloo-declarations",
        ],
        link: [
            "-L\(libTorchDirectory)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libTorchDirectory)/lib",
            "-ltorch_cpu", "-lc10",
        ])
    static let openCV = External(
        compile: ["-isystem", "/usr/include/opencv4"], link: ["-lopencv_imgproc", "-lopencv_core"])
    static let hdf5 = External(compile: ["-isystem", "/usr/include/hdf5/serial"], link: ["-lhdf5_serial"])
    /// Static, as the codecs: two digests of the library, not the whole of it.
    static let digest = External(link: ["-l:libcrypto.a"])
    /// Static, so that `apus-infer` runs where these packages are not installed.
    static let codecs = External(link: ["-l:libturbojpeg.a", "-l:libpng16.a", "-l:libz.a"])
    static let yaml = External(link: ["-l:libyaml.a"])
}

/// What a module's tests bring: Swift alone, or generators and goldens in a folder `Oracles` too.
enum Tests { case none, plain, oracles }

/// A target and the modules it may import. C targets begin with `C`; the others have tests in `Tests/<name>Tests`.
struct Module {
    let name: String
    let imports: [String]
    var packages: [Target.Dependency] = []
    var external: External?
    var isExecutable = false
    var tests = Tests.plain
    /// Executables that this one runs or that run it.
    var beside: [String] = []
    /// What its tests share with other tests.
    var support: [String] = []

    var isC: Bool { name.hasPrefix("CApus") }
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let modules = [
    Module(name: "CApusKernels", imports: []),
    Module(name: "CApusCodecs", imports: [], external: .codecs),
    Module(name: "ApusCore", imports: []),
    Module(name: "CApusDigest", imports: [], external: .digest),
    Module(name: "ApusDigest", imports: ["ApusCore", "CApusDigest"]),
    Module(name: "CApusYAML", imports: [], external: .yaml),
    Module(name: "ApusConfiguration", imports: ["ApusCore", "CApusYAML"]),
    Module(name: "ApusTuning", imports: ["ApusConfiguration"]),
    Module(name: "ApusArguments", imports: ["ApusConfiguration"]),
    Module(name: "ApusVision", imports: ["ApusConfiguration", "CApusCodecs", "CApusKernels"], tests: .oracles),
    Module(name: "ApusMetrics", imports: ["ApusVision"], tests: .oracles),
    Module(name: "ApusONNX", imports: ["ApusCore"], tests: .oracles),
    Module(name: "ApusRuntime", imports: ["ApusONNX", "CApusKernels"], tests: .oracles),
    Module(name: "ApusInference", imports: ["ApusRuntime", "ApusVision", "ApusConfiguration"], tests: .oracles),
    Module(
        name: "apus-infer", imports: ["ApusInference", "ApusArguments", "ApusDigest"], isExecutable: true,
        tests: .oracles),
    Module(name: "CApusFiles", imports: []),
    Module(name: "ApusTracking", imports: ["ApusConfiguration", "ApusDigest", "CApusFiles"], tests: .oracles),
    Module(name: "CApusHTTP", imports: []),
    Module(name: "ApusTrackingServer", imports: ["ApusTracking", "CApusHTTP"]),
    Module(name: "ApusRegistry", imports: ["ApusTracking", "ApusInference"], support: ["ApusModelSupport"]),
    Module(name: "CApusOpenCV", imports: [], external: .openCV),
    Module(name: "ApusAugmentation", imports: ["ApusVision", "ApusConfiguration", "CApusOpenCV"], tests: .oracles),
    Module(name: "CApusHDF5", imports: [], external: .hdf5),
    Module(
        name: "ApusDatasets", imports: ["ApusAugmentation", "ApusConfiguration", "ApusDigest", "CApusHDF5"],
        tests: .oracles),
    Module(name: "CApusTorch", imports: [], external: .libTorch),
    Module(name: "ApusCheckpoints", imports: ["ApusCore"], tests: .oracles),
    Module(name: "ApusTorch", imports: ["ApusCheckpoints", "CApusTorch"], support: ["ApusGroupSupport"]),
    Module(name: "ApusNN", imports: ["ApusTorch"], tests: .oracles),
    Module(name: "ApusModels", imports: ["ApusNN", "ApusVision", "ApusConfiguration"], tests: .oracles),
    Module(
        name: "ApusTraining",
        imports: ["ApusModels", "ApusDatasets", "ApusInference", "ApusMetrics", "ApusTracking", "ApusTuning"],
        support: ["ApusGroupSupport"]),
    Module(
        name: "ApusExport", imports: ["ApusModels", "ApusRuntime", "ApusInference", "ApusRegistry"], tests: .oracles),
    Module(
        name: "ApusCommands", imports: ["ApusRegistry", "ApusTrackingServer", "ApusMetrics"],
        packages: [argumentParser], tests: .none),
    Module(name: "apus", imports: ["ApusCommands"], isExecutable: true, support: ["ApusModelSupport"]),
    Module(
        name: "apus-workbench", imports: ["ApusTraining", "ApusExport", "ApusCommands"], isExecutable: true,
        tests: .oracles, beside: ["apus"]),
    Module(name: "apus-step", imports: ["ApusModels"], isExecutable: true, tests: .none),
    Module(name: "apus-augment", imports: ["ApusAugmentation"], isExecutable: true, tests: .none),
    Module(name: "apus-load", imports: ["ApusDatasets"], isExecutable: true, tests: .none),
    Module(name: "apus-track", imports: ["ApusTracking"], isExecutable: true, tests: .none),
]

// APUS_ONLY=Name,… narrows the package to these modules, what they import, and their tests: a quick inner loop.
// Nothing here asks the file system: SwiftPM keeps what a manifest said, whatever becomes of the files.
let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })

func closure(of names: [String]) -> Set<String> {
    names.reduce(into: []) {
        $0.formUnion([$1] + closure(of: (byName[$1]?.imports ?? []) + (byName[$1]?.beside ?? [])))
    }
}

let only = Context.environment["APUS_ONLY"].map { closure(of: $0.split(separator: ",").map(String.init)) }
let chosen = modules.filter { only?.contains($0.name) ?? true }
// APUS_TESTS=Name,… narrows the tests to those of these modules.
let tested = Context.environment["APUS_TESTS"].map { Set($0.split(separator: ",").map(String.init)) }

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
    let support = module.support + (module.isExecutable ? ["ApusCommandSupport"] : [])
    return .testTarget(
        name: module.name + "Tests",
        dependencies: ([module.name] + module.beside + support).map { .target(name: $0) },
        exclude: module.tests == .oracles ? ["Oracles"] : [],
        swiftSettings: swiftSettings)
}

func support(_ name: String, _ folder: String, imports: [String] = []) -> Target {
    .target(
        name: name, dependencies: imports.map { .target(name: $0) }, path: "Tests/" + folder,
        swiftSettings: swiftSettings)
}

/// What tests of several modules share: running the built commands, small models, and process groups of threads.
let supports =
    [support("ApusCommandSupport", "CommandSupport")]
    + (chosen.contains { $0.name == "ApusRegistry" }
        ? [support("ApusModelSupport", "ModelSupport", imports: ["ApusONNX", "ApusVision"])] : [])
    + (chosen.contains { $0.name == "ApusTorch" }
        ? [support("ApusGroupSupport", "GroupSupport", imports: ["ApusTorch"])] : [])

let package = Package(
    name: "Apus",
    products: chosen.filter(\.isExecutable).map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: supports + chosen.map(target)
        + chosen.filter { !$0.isC && $0.tests != .none && tested?.contains($0.name) ?? true }.map(testTarget),
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17,
    cxxLanguageStandard: .cxx20)
