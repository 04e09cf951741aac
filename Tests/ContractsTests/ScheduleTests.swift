import Model
import Testing

@Suite struct CronExpressionTests {
    @Test func readsListsRangesStepsAndNames() throws {
        let cron = try CronExpression("*/20 8-10,22 1 jan-MAR 7")
        #expect(cron.minutes == 1 << 0 | 1 << 20 | 1 << 40)
        #expect(cron.hours == 1 << 8 | 1 << 9 | 1 << 10 | 1 << 22)
        #expect(cron.daysOfMonth == 1 << 1 && cron.months == 0b1110 && cron.weekdays == 1)
        #expect(!cron.needsBothDays)
        #expect(try CronExpression("@daily") == CronExpression("0 0 * * *"))
        #expect(try CronExpression("5/15 * * * mon").minutes == 1 << 5 | 1 << 20 | 1 << 35 | 1 << 50)
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "1/2/3 * * * *", "9999999999 * * * *", "@often",
    ])
    func refuses(text: String) {
        #expect(throws: CronError.self) { try CronExpression(text) }
    }
}

@Suite struct ScheduleWindowTests {
    @Test func readsDaysHoursAndZone() throws {
        let window = try ScheduleWindow("Mon-Fri 08:00-18:30 Europe/Berlin")
        #expect(window.weekdays == 0b011_1110 && window.start == 480 && window.end == 1110)
        #expect(window.zone == "Europe/Berlin")
        #expect(try ScheduleWindow("22:00-06:00").weekdays == 0x7f)
        #expect(try ScheduleWindow("Sat-Mon,wednesday 0:00-24:00").weekdays == 0b100_1011)
    }

    @Test(arguments: [
        "", "Mon", "Mon 8-18", "Mon 08:00", "Mon 08:00-08:00", "Mon 25:00-26:00", "Mon 08:60-09:00",
        "Mon-Tue-Wed 08:00-09:00",
        "Mond 08:00-09:00", "Mon 08:00-09:00 Berlin", "Mon 08:00-09:00 Europe/Berlin x",
        "Mon 08:00-09:00 ../etc/passwd",
        "Mon, 08:00-09:00",
    ])
    func refuses(text: String) {
        #expect(throws: ScheduleWindowError.self) { try ScheduleWindow(text) }
    }
}
