import ApusCore

/// A folder for one file an image, named as the image; where two folders have images of one name, the second gets a
/// number.
struct OutputNames {
    let folder: String
    private var used = Set<String>()

    init(_ folder: String) throws(FileError) {
        self.folder = folder
        try FileSystem.createFolder(folder)
    }

    mutating func path(for image: String, ending: String) -> String {
        let name = FileSystem.fileName(of: image)
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        var candidate = stem + ending
        var number = 2
        while !used.insert(candidate).inserted {
            candidate = "\(stem)-\(number)\(ending)"
            number += 1
        }
        return folder + "/" + candidate
    }
}
