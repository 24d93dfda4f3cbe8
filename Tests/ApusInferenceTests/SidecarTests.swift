import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusInference

@Suite struct SidecarTests {
    private func message(_ text: String) -> String {
        do throws(ConfigurationError) {
            _ = try Sidecar(text: text, name: "m.yaml")
            return "no error"
        } catch { return error.description }
    }

    @Test func `a classifier that saw the middle of its images is fed the middle`() {
        let square = LetterboxSpecification(width: 32, height: 32)
        func preprocess(_ task: ModelDescription.Task, _ shorterSide: Int?) -> Preprocessing {
            let input = InputSpecification(letterbox: square, shorterSide: shorterSide)
            return Sidecar(ModelDescription(task: task, labels: ["a"], input: input)).preprocess
        }
        #expect(preprocess(.classify, 36).resize == 36 && preprocess(.classify, 36).fit == .centerCrop)
        #expect(preprocess(.classify, nil).resize == nil)
        #expect(preprocess(.detect, 36).resize == nil)
    }

    @Test(arguments: [
        ("labels: [a]", "m.yaml:1:1: decode.format: this key is missing; say one of v8, v8-segment"),
        ("decode: {output: x}", "m.yaml:1:9: decode.format: this key is missing"),
        ("decode: {format: yolo}", "m.yaml:1:18: expected one of v8, v8-segment"),
        ("decode: {format: v8, stride: 8}", "m.yaml:1:22: decode.stride: unknown key 'stride'"),
        (
            "decode: {format: v8}\npreproces: {}",
            "m.yaml:2:1: preproces: unknown key 'preproces'; did you mean 'preprocess'?"
        ),
        ("decode: {format: yolox, strides: [0]}", "decode.strides: expected numbers from 1 to 16384, found [0]"),
        ("decode: {format: v8, keypoints: 9000000000000000000}", "decode.keypoints: expected 0 to 4096"),
        ("decode: {format: v8}\npreprocess: {size: [640]}", "preprocess.size: expected [width, height]"),
        (
            "decode: {format: v8}\npreprocess: {std: [1, 0, 1]}",
            "preprocess.std: expected 1 or 3 finite numbers other than 0"
        ),
        ("decode: {format: v8}\npreprocess: {mean: [1, 2]}", "preprocess.mean: expected 1 or 3 finite numbers, found"),
        (
            "decode: {format: v8}\npreprocess: {scale: 1/0}",
            "expected a number or a fraction such as 1/255, found '1/0'"
        ),
        ("decode: {format: v8}\npreprocess: {scale: a}", "preprocess.scale: expected a number"),
        ("decode: {format: v8}\npreprocess: {fit: crop}", "preprocess.fit: expected one of stretch, letterbox"),
        ("decode: {format: v8}\npreprocess: {resize: 256}", "preprocess.resize: needs fit: center-crop"),
        ("decode: {format: v8}\nthresholds: {confidence: 2}", "thresholds.confidence: expected 0.0 to 1.0, found 2.0"),
        ("decode: {format: v8}\nlabels: none.txt", "none.txt"),
        (
            "decode: {format: ssd, priors: {strides: [8], sizes: [[1], [2]], variances: [1, 1]}}",
            "decode.priors.sizes: expected 1 lists of numbers above 0"
        ),
        ("decode: [", "not YAML"),
    ])
    func `says where and what is wrong`(text: String, expected: String) {
        #expect(message(text).contains(expected), "\(message(text))")
    }

    @Test func `labels are a list, a file of any usual form, or COCO's`() throws {
        let folder = try TemporaryFolder()
        let files = [
            "a.txt": "cat\nhot dog\n\n", "b.yaml": "names: {1: hot dog, 0: cat}", "c.json": #"["cat", "hot dog"]"#,
            "d.yaml": "path: x\nnames: [cat, hot dog]",
        ]
        for (name, text) in files {
            try FileSystem.writeWhole(text, to: folder.path + "/" + name)
            let sidecar = try Sidecar(text: "decode: {format: v8}\nlabels: \(name)", name: "m", folder: folder.path)
            #expect(sidecar.labels == ["cat", "hot dog"], "\(name)")
        }
        let coco = try Sidecar(text: "decode: {format: v8}\nlabels: coco80", name: "m").labels
        #expect(coco.count == 80 && coco[0] == "person" && coco[9] == "traffic light" && coco[79] == "toothbrush")
        #expect(try Sidecar(text: "decode: {format: v8}\nlabels: [a, b]", name: "m").labels == ["a", "b"])
    }

    @Test func `a scale may be a fraction`() throws {
        let text = "decode: {format: v8}\npreprocess: {scale: 1/255, mean: 127.5}"
        let preprocess = try Sidecar(text: text, name: "m").preprocess
        #expect(preprocess.scale?.value == 1 / 255 && preprocess.mean.values == [127.5])
        #expect(try Sidecar(text: text, name: "m").yaml().contains("1/255"))
    }
}

@Suite struct PythonLiteralTests {
    @Test func `reads what Python's repr writes`() {
        let text = #"{0: 'person', 1: "driver's cab", -2: 'h\xe9\n', 'a': [640, 6.4e2, (True, None,)]}"#
        let expected = PythonLiteral.dictionary([
            (.integer(0), .string("person")), (.integer(1), .string("driver's cab")), (.integer(-2), .string("hé\n")),
            (.string("a"), .list([.integer(640), .float(640), .list([.bool(true), PythonLiteral.none])])),
        ])
        #expect(PythonLiteral(text) == expected)
        #expect(PythonLiteral(" [ ] ") == .list([]))
    }

    @Test(arguments: [
        "", "{", "{0}", "{0: 'a'", "'a", "[1 2]", "__import__('os')", "1 + 1", #"'\q'"#, #"'\x4'"#, "{0: 'a'} x",
        String(repeating: "[", count: 1000), String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
    ])
    func `refuses everything else`(text: String) { #expect(PythonLiteral(text) == nil) }
}
