internal import Model

/// The tasks of a backlog by their class of priority, found once for all the moments that they are asked about.
struct TaskClasses {
    /// The places of each class's tasks in the backlog.
    let places: [BacklogTask.Priority: [Int]]
    let scopes: Set<String?>

    init(_ tasks: [BacklogTask]) {
        var places: [BacklogTask.Priority: [Int]] = [:]
        var (scopes, last): (Set<String?>, String??) = ([], .none)
        for place in tasks.indices {
            places[tasks[place].priority, default: []].append(place)
            // Neighbours mostly have the same.
            if last != .some(tasks[place].scope) { scopes.insert(tasks[place].scope) }
            last = .some(tasks[place].scope)
        }
        (self.places, self.scopes) = (places, scopes)
    }
}
