internal import Basics

/// Our own signs beyond ASCII, for terminals whose locale does not know them; what others wrote stays as it is.
enum PlainSigns {
    static func replaced(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        // Behind a space it stands for what is to come, behind a letter for what was cut off: there it takes one place.
        return text.replacing(" …", with: " ...").replacing("…", with: "~").replacing("│", with: "|")
            .replacing("█", with: "#")
    }
}
