import ApusCore

/// The numbers of one class; what they were made of is let go.
struct ClassEvaluation: Sendable {
    let instances, detections: Int
    /// In the profile's order, of this class alone; −1 where there is nothing to count.
    let stats: [Double]
    let precision: ClassPrecision

    init(_ result: CategoryResult, _ scheme: StatisticsScheme, _ frequency: COCOCategory.Frequency?) {
        (instances, detections) = (result.instances[0], result.detectionCount)
        stats = scheme.stats([result], groups: [frequency])
        precision = ClassPrecision(result, profile: scheme.profile)
    }

    /// The mean over the classes that have something to count, −1 where none has.
    static func means(_ classes: [ClassEvaluation], count: Int) -> [Double] {
        (0..<count).map { index in
            let present = classes.map { $0.stats[index] }.filter { $0 > -1 }
            return present.isEmpty ? -1 : present.reduce(0, +) / Double(present.count)
        }
    }
}

extension COCOTables {
    /// Every class by ascending id, matched by several threads, each of which holds the objects of one class at a time.
    func classes(threads: Int) -> [ClassEvaluation] {
        let truths = self.truths.sortedByCategory()
        let within = threadsWithinClass(threads, classes: categories.count)
        return parallelMap(categories.count, threads: threads) { category in
            let index = Int32(category)
            let problem = MatchingProblem(
                profile: profile, detectionLimits: type.detectionLimits, imageCount: imageIDs.count,
                categoryCount: 1,
                truths: truths.alone(index), detections: blocks.flatMap { $0.candidates.alone(index) })
            return ClassEvaluation(
                CategoryResult(problem, category: 0, threads: within), scheme, categories[category].frequency)
        }
    }
}

extension Array where Element: Indexed {
    /// Elements of one class keep their order.
    func sortedByCategory() -> [Element] {
        guard !isSortedByCategory else { return self }
        let keys = indices.map { UInt64(UInt32(bitPattern: self[$0].category)) << 32 | UInt64($0) }
        return keys.sorted().map { self[Int($0 & 0xffff_ffff)] }
    }

    private var isSortedByCategory: Bool {
        indices.dropFirst().allSatisfy { self[$0 - 1].category <= self[$0].category }
    }

    /// The elements of one class in a list by class, as of the only class.
    fileprivate func alone(_ category: Int32) -> [Element] {
        self[firstIndex(from: category)..<firstIndex(from: category + 1)].map {
            var element = $0
            element.category = 0
            return element
        }
    }

    private func firstIndex(from category: Int32) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].category < category { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
