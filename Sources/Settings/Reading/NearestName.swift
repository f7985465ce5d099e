/// What to say after a name that is not known: the known one that was probably meant, or all of them.
func suggestion(for name: String, among known: [String]) -> String {
    let ranked = known.map { (name: $0, distance: editDistance($0, name)) }
    if let nearest = ranked.min(by: { $0.distance < $1.distance }), nearest.distance <= max(1, name.count / 3) {
        return "; did you mean `\(nearest.name)`?"
    }
    let names = known.map { "`\($0)`" }
    return names.count == 1 ? "; the only known one is \(names[0])" : "; known are " + listed(names)
}

/// A list as a sentence has it: `a, b and c`.
func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
}

/// How many letters must be added, removed, replaced or swapped with their neighbour to make one name of the other
/// (optimal string alignment). Compares whatever their case.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var distance = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
