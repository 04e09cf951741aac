import Testing
import Workspaces

@Suite struct WorkspaceErrorTests {
    @Test func saysWhatToDo() {
        let error = WorkspaceError(.exhausted, "no slot is free", hint: "wait for another attempt")
        #expect(error.message == "no slot is free")
        #expect(error.hint == "wait for another attempt")
    }
}
