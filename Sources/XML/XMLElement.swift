internal import CExpat

/// An element of a document, and where its content stands in the bytes.
package final class XMLElement {
    /// Deeper documents are refused.
    private static let depthLimit = 200

    package let name: String
    package private(set) var children: [XMLElement] = []
    /// Between the tags.
    package private(set) var content: Range<Int>

    private init(name: String, start: Int) { (self.name, content) = (name, start..<start) }

    package func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    package func walk(_ visit: (XMLElement) -> Void) {
        visit(self)
        for child in children { child.walk(visit) }
    }

    /// Reads a whole document, and returns the element around all.
    package static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        guard !bytes.starts(with: [0xFE, 0xFF]), !bytes.starts(with: [0xFF, 0xFE]), !bytes.prefix(4).contains(0)
        else {
            throw XMLError(.malformed, "it is UTF-16, which is not edited", offset: 0)
        }
        let library = try ExpatLibrary.load()
        let reading = Reading()
        var problem = [CChar](repeating: 0, count: 256)
        var place = 0
        let isDone = bytes.withUnsafeBytes { buffer in
            cexpat_read(
                library.functions, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count,
                { context, name, start, end in
                    guard let context else { return false }
                    let reading = Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue()
                    return reading.take(name.map { String(cString: $0) }, Int(start)..<Int(end))
                }, Unmanaged.passUnretained(reading).toOpaque(), &place, &problem, problem.count)
        }
        if let tooDeep = reading.tooDeep {
            throw XMLError(.tooDeep, "nested deeper than \(depthLimit) levels", offset: tooDeep)
        }
        guard isDone, let root = reading.root else {
            throw XMLError(.malformed, ExpatLibrary.text(problem), offset: place)
        }
        return root
    }

    /// The elements that are open while tags come in.
    private final class Reading {
        private(set) var root: XMLElement?
        private(set) var tooDeep: Int?
        private var open: [XMLElement] = []

        func take(_ name: String?, _ tag: Range<Int>) -> Bool {
            guard let name else {
                guard let element = open.popLast() else { return false }
                element.content = element.content.lowerBound..<max(element.content.lowerBound, tag.lowerBound)
                return true
            }
            guard open.count < XMLElement.depthLimit else {
                tooDeep = tag.lowerBound
                return false
            }
            let element = XMLElement(name: name, start: tag.upperBound)
            open.last?.children.append(element)
            root = root ?? element
            open.append(element)
            return true
        }
    }
}
