import Basics
import Editing

extension FileFormat {
    /// The text with a value set; a failure says why not.
    func setting(_ path: String, to value: JSON, in text: String) throws -> String {
        String(decoding: try setting(ValuePath(path), to: value, in: Array(text.utf8)), as: UTF8.self)
    }

    /// What a refusal says.
    func refusal(setting path: String, to value: JSON = "x", in text: String) -> String {
        do {
            let result = try setting(path, to: value, in: text)
            return "accepted: " + result
        } catch let refusal as EditRefusal {
            return refusal.message
        } catch {
            return "\(error)"
        }
    }
}

extension JSON {
    /// The paths of all scalars in it.
    func leaves(below path: ValuePath = ValuePath([ValuePath.Step]())) -> [ValuePath] {
        if let members {
            return members.flatMap { $0.value.leaves(below: path.appending(.key($0.name))) }
        }
        if let elements {
            return elements.indices.flatMap { elements[$0].leaves(below: path.appending(.index($0))) }
        }
        return [path]
    }
}
