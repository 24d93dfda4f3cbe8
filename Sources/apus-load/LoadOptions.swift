import Glibc

/// What the command line of `apus-load` says.
struct LoadOptions {
    /// A folder of images with its labels (a JSON object: file name → list of boxes), or a prepared version.
    var files: (folder: String, labels: String)?
    var prepared: String?
    var isAugmented = true
    var numbers = ["size": 640, "batch": 16, "threads": 2, "epochs": 3]

    static let usage = """
        usage: apus-load (--files FOLDER --labels FILE | --prepared FILE) [--plain]
                         [--size N] [--batch N] [--threads N] [--epochs N]

        """

    init() {
        var texts: [String: String] = [:]
        var words = CommandLine.arguments.dropFirst().makeIterator()
        while let word = words.next() {
            let name = String(word.drop { $0 == "-" })
            if name == "plain" {
                isAugmented = false
            } else {
                guard let text = words.next() else { Self.refuse() }
                texts[name] = text
            }
        }
        for name in numbers.keys {
            guard let text = texts.removeValue(forKey: name) else { continue }
            guard let number = Int(text), number > 0 else { Self.refuse() }
            numbers[name] = number
        }
        prepared = texts.removeValue(forKey: "prepared")
        if let folder = texts.removeValue(forKey: "files"), let labels = texts.removeValue(forKey: "labels") {
            files = (folder, labels)
        }
        guard texts.isEmpty, (files == nil) != (prepared == nil) else { Self.refuse() }
    }

    subscript(name: String) -> Int { numbers[name] ?? 0 }

    static func refuse() -> Never {
        write(STDERR_FILENO, usage, usage.utf8.count)
        exit(2)
    }
}
