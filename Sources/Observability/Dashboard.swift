package import Basics

/// The dashboard that comes with the program, as Grafana reads it.
package enum Dashboard {
    package struct Panel: Hashable, Sendable {
        package enum Form: String, Sendable { case timeseries, stat, bargauge, table }

        package let title: String
        package let form: Form
        package let unit: String
        /// What it shows and what to do when it looks wrong.
        package let advice: String
        package let queries: [Query]

        init(_ title: String, _ form: Form, unit: String = "short", _ advice: String, _ queries: [Query]) {
            (self.title, self.form, self.unit) = (title, form, unit)
            (self.advice, self.queries) = (advice, queries)
        }
    }

    package struct Query: Hashable, Sendable {
        package let expression: String
        package let legend: String

        init(_ expression: String, _ legend: String) { (self.expression, self.legend) = (expression, legend) }
    }

    package static var json: JSON {
        var panels: [JSON] = []
        var (column, row) = (0, 0)
        for panel in all {
            let (width, height) = panel.form == .stat ? (4, 4) : (12, 8)
            if column + width > 24 { (column, row) = (0, row + height) }
            panels.append(json(panel, id: panels.count + 1, column, row, width, height))
            column += width
        }
        return [
            "title": "Leviathan", "uid": "leviathan", "schemaVersion": 39, "version": 1, "editable": true,
            "tags": ["leviathan"], "refresh": "30s", "timezone": "utc",
            "time": ["from": "now-24h", "to": "now"],
            "templating": [
                "list": [
                    [
                        "name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source",
                        "current": JSON.object([]), "hide": 0,
                    ],
                    [
                        "name": "target", "type": "query", "label": "Target", "multi": true, "includeAll": true,
                        "allValue": ".*", "refresh": 2,
                        "datasource": ["type": "prometheus", "uid": "${datasource}"],
                        "query": "label_values(leviathan_autonomy_enabled, target)",
                    ],
                ]
            ], "panels": .array(panels),
        ]
    }

    private static func json(
        _ panel: Panel, id: Int, _ column: Int, _ row: Int, _ width: Int, _ height: Int
    ) -> JSON {
        let source: JSON = ["type": "prometheus", "uid": "${datasource}"]
        let targets = panel.queries.enumerated().map { index, query -> JSON in
            [
                "refId": .string(String(UnicodeScalar(UInt8(65 + index)))), "expr": .string(query.expression),
                "legendFormat": .string(query.legend), "datasource": source,
            ]
        }
        return [
            "id": .integer(id), "title": .string(panel.title), "description": .string(panel.advice),
            "type": .string(panel.form.rawValue), "datasource": source,
            "gridPos": ["x": .integer(column), "y": .integer(row), "w": .integer(width), "h": .integer(height)],
            "fieldConfig": ["defaults": ["unit": .string(panel.unit)], "overrides": []],
            "targets": .array(targets),
        ]
    }
}
