/// Python's pickle machine, protocols 0 to 5, without Python: it builds data and calls nothing.
///
/// What a pickle says to import stays a name, what it says to call becomes a record of the call; only the few functions
/// of `PickleCalls` are understood, as data too. Format: Python's `pickletools` documents each instruction.
struct PickleMachine {
    var cursor: ByteCursor
    var heap = PickleHeap()
    let limits: ReadingLimits
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var made = 0
    /// Where the instruction being executed begins.
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0, limits: ReadingLimits) {
        cursor = ByteCursor(bytes, at: offset)
        self.limits = limits
    }

    /// Runs the pickle at the cursor and returns what it builds; the cursor stands behind it then.
    mutating func run() throws(CheckpointError) -> PickleValue {
        stack.removeAll()
        marks.removeAll()
        memo.removeAll()
        while true {
            position = cursor.offset
            let byte = try cursor.number(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw failure("a pickle instruction", "the byte 0x\(String(byte, radix: 16))", remedy: cutOff)
            }
            if opcode == .stop { return try pop() }
            try execute(opcode)
        }
    }

    func failure(_ expected: String, _ found: String, remedy: String = cutOff) -> CheckpointError {
        CheckpointError(at: position, expected: expected, found: found, remedy: remedy)
    }
}

// The stack.
extension PickleMachine {
    mutating func push(_ value: PickleValue) throws(CheckpointError) {
        try count(1)
        stack.append(value)
    }

    /// Counts what an instruction makes, so that a short one cannot make much.
    mutating func count(_ values: Int) throws(CheckpointError) {
        made += values
        guard made <= limits.values else {
            throw failure("at most \(limits.values) values in a pickle", "more", remedy: "save the tensors alone")
        }
    }

    mutating func push(_ node: PickleNode) throws(CheckpointError) { try push(heap.add(node)) }

    mutating func pop() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw failure("a value on the pickle's stack", "none")
        }
        return value
    }

    private func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else {
            throw failure("a value on the pickle's stack", "none")
        }
        return value
    }

    /// Everything above the last mark, which goes too.
    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw failure("a mark on the pickle's stack", "none") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }
}

// The instructions, family by family.
extension PickleMachine {
    private mutating func execute(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat:
            try push(number(opcode))
        case .string, .unicode, .binString, .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8:
            try push(.text(text(opcode)))
        case .binBytes, .shortBinBytes, .binBytes8, .byteArray8:
            try push(.bytes(Array(counted(opcode))))
        case .mark, .pop, .popMark, .dup, .proto, .frame, .stop: try arrange(opcode)
        case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize: try remember(opcode)
        case .emptyList, .emptyTuple, .emptyDict, .emptySet, .list, .tuple, .dict, .frozenSet, .tuple1, .tuple2,
            .tuple3:
            try collect(opcode)
        case .append, .appends, .setItem, .setItems, .addItems: try fill(opcode)
        case .global, .stackGlobal, .inst, .obj, .newObj, .newObjEx, .reduce, .build: try object(opcode)
        case .persID: throw failure("a storage", "the persistent id '\(try cursor.line())'")
        case .binPersID: try push(PickleNode(kind: storage(pop())))
        case .ext1, .ext2, .ext4, .nextBuffer, .readonlyBuffer:
            throw failure(
                "a pickle that stands alone", "one that refers to a registry or to buffers outside of it",
                remedy: "save it with torch.save")
        }
    }

    private mutating func arrange(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .mark: marks.append(stack.count)
        case .pop: if stack.count == marks.last { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: try push(top())
        case .proto:
            let version = try cursor.number(UInt8.self)
            guard version <= 5 else { throw failure("a pickle protocol of 0 to 5", "\(version)") }
        case .frame: _ = try cursor.length()
        default: break
        }
    }

    private mutating func remember(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .memoize: memo[memo.count] = try top()
        case .put: memo[try index(cursor.line())] = try top()
        case .binPut: memo[Int(try cursor.number(UInt8.self))] = try top()
        case .longBinPut: memo[Int(try cursor.number(UInt32.self))] = try top()
        case .get: try recall(index(cursor.line()))
        case .binGet: try recall(Int(cursor.number(UInt8.self)))
        default: try recall(Int(cursor.number(UInt32.self)))
        }
    }

    private func index(_ text: String) throws(CheckpointError) -> Int {
        guard let index = Int(text) else { throw failure("a number", "'\(text.prefix(40))'") }
        return index
    }

    private mutating func recall(_ index: Int) throws(CheckpointError) {
        guard let value = memo[index] else { throw failure("a value remembered as \(index)", "none") }
        try push(value)
    }

    private mutating func collect(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .emptyList: try push(PickleNode(kind: .list))
        case .emptyTuple: try push(PickleNode(kind: .tuple))
        case .emptyDict: try push(PickleNode(kind: .dictionary))
        case .emptySet: try push(PickleNode(kind: .set))
        case .list: try push(PickleNode(kind: .list, items: popToMark()))
        case .tuple: try push(PickleNode(kind: .tuple, items: popToMark()))
        case .frozenSet: try push(PickleNode(kind: .set, items: popToMark()))
        case .dict: try push(PickleNode(kind: .dictionary, entries: pairs(popToMark())))
        default:
            var items = [try pop()]
            if opcode != .tuple1 { items.insert(try pop(), at: 0) }
            if opcode == .tuple3 { items.insert(try pop(), at: 0) }
            try push(PickleNode(kind: .tuple, items: items))
        }
    }

    private func pairs(_ items: [PickleValue]) throws(CheckpointError) -> [(key: PickleValue, value: PickleValue)] {
        guard items.count % 2 == 0 else { throw failure("a value for each key", "a key without one") }
        return stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
    }

    private mutating func fill(_ opcode: PickleOpcode) throws(CheckpointError) {
        var items: [PickleValue]
        switch opcode {
        case .append: items = [try pop()]
        case .setItem:
            let value = try pop()
            items = [try pop(), value]
        default: items = try popToMark()
        }
        guard case .node(let target) = try top() else {
            throw failure("a list, set or dictionary to fill", try top().kindName)
        }
        if opcode == .setItem || opcode == .setItems {
            heap[target].entries += try pairs(items)
        } else {
            heap[target].items += items
        }
    }

    private mutating func object(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .global:
            let module = try cursor.line()
            try push(PickleNode(kind: .global(PickleName(module: module, name: cursor.line()))))
        case .stackGlobal:
            let (name, module) = (try pop(), try pop())
            guard let name = name.text, let module = module.text else {
                throw failure("a module and a name", "\(module.kindName) and \(name.kindName)")
            }
            try push(PickleNode(kind: .global(PickleName(module: module, name: name))))
        case .inst:
            let module = try cursor.line(), name = try cursor.line()
            let arguments = heap.add(PickleNode(kind: .tuple, items: try popToMark()))
            try push(called(PickleName(module: module, name: name), arguments))
        case .obj:
            let items = try popToMark()
            guard let made = items.first else { throw failure("a class", "none") }
            let arguments = heap.add(PickleNode(kind: .tuple, items: Array(items.dropFirst())))
            try push(called(name(of: made), arguments))
        case .newObjEx:
            _ = try pop()
            try call()
        case .build:
            let state = try pop()
            if case .node(let target) = try top() { heap[target].state = state }
        default: try call()
        }
    }

    /// The function below its arguments on the stack becomes what it would return.
    private mutating func call() throws(CheckpointError) {
        let (arguments, function) = (try pop(), try pop())
        try push(called(name(of: function), arguments))
    }

    private func name(of function: PickleValue) -> PickleName {
        heap.global(function) ?? PickleName(module: "", name: function.kindName)
    }
}
