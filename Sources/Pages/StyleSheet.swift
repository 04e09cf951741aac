/// The one style of all pages: tokens for light, dark and print, and the few pieces that pages are made of.
package enum StyleSheet {
    package static var text: String { markup.text }

    static let markup: Markup = """
        :root {
        --ground: #fff; --raised: #f6f8fa; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --link: #0550ae;
        --good: #1a7f37; --bad: #cf222e; --warning: #9a6700; --neutral: #6e7781;
        --series-0: #0969da; --series-1: #8250df; --series-2: #bf3989; --series-3: #bc4c00;
        --series-4: #1b7c83; --series-5: #4d7c0f; --series-6: #57606a; --series-7: #7d4e00;
        --added: #e6ffec; --removed: #ffebe9; --string: #0a3069; --keyword: #6639ba;
        color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground) }
        @media (prefers-color-scheme: dark) { :root {
        --ground: #0d1117; --raised: #161b22; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --link: #79b8ff;
        --good: #3fb950; --bad: #ff7b72; --warning: #d29922; --neutral: #9198a1;
        --series-0: #58a6ff; --series-1: #bc8cff; --series-2: #f778ba; --series-3: #ffa657;
        --series-4: #39c5cf; --series-5: #7ee787; --series-6: #b1bac4; --series-7: #e3b341;
        --added: #12261e; --removed: #301b1e; --string: #a5d6ff; --keyword: #d2a8ff } }
        @media print { :root {
        --ground: #fff; --raised: #fff; --text: #000; --quiet: #333; --line: #888; --link: #000; font-size: 80% }
        details:not([open]) > *:not(summary) { display: none } .skip { display: none } section { break-inside: avoid-page } }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 75rem; padding: 1rem; overflow-wrap: break-word }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
        p, dl, ul, figure { margin: .5rem 0 } a { color: var(--link) } a:focus-visible, [tabindex]:focus-visible,
        summary:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
        .skip { position: absolute; left: -100rem } .skip:focus { position: static }
        .nothing, .quiet, caption, .axis, dt { color: var(--quiet) }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
        .wide { overflow-x: auto; max-width: 100% }
        table { border-collapse: collapse; width: 100%; font-size: .9rem }
        caption { text-align: left; font-size: .85rem; padding: .2rem 0 }
        th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
        th, td { min-width: 5rem } td code, th code { overflow-wrap: normal; white-space: nowrap }
        th.number, td.number { min-width: 0; white-space: nowrap }
        tbody th { font-weight: normal } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .5rem }
        .figures div { background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .8rem }
        .figures dt { font-size: .85rem } .figures dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums }
        .badge { border: 1px solid currentcolor; border-radius: 1rem; padding: 0 .5rem; font-size: .85rem; white-space: nowrap }
        .badge.good { color: var(--good) } .badge.bad { color: var(--bad) } .badge.warning { color: var(--warning) }
        .badge.neutral { color: var(--neutral) }
        rect.good { fill: var(--good) } rect.bad { fill: var(--bad) } rect.warning { fill: var(--warning) }
        rect.neutral { fill: var(--neutral) } rect.series-0 { fill: var(--series-0) } rect.series-1 { fill: var(--series-1) }
        rect.series-2 { fill: var(--series-2) } rect.series-3 { fill: var(--series-3) }
        rect.series-4 { fill: var(--series-4) } rect.series-5 { fill: var(--series-5) }
        rect.series-6 { fill: var(--series-6) } rect.series-7 { fill: var(--series-7) }
        svg { display: block; print-color-adjust: exact } svg.columns { width: 100%; height: 9rem }
        svg.bar, svg.timeline { width: 100%; min-width: 8rem; height: .9rem; margin-top: .3rem }
        svg.timeline { min-width: 14rem; background: var(--raised) }
        svg.key { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem }
        .axis { display: flex; justify-content: space-between; font-size: .85rem; border-top: 1px solid var(--line); margin: 0 }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; font-size: .85rem }
        svg.graph path { fill: none; stroke: var(--neutral); stroke-width: 1.5 }
        svg.graph rect { fill: var(--raised); stroke-width: 2; stroke: var(--neutral) } svg.graph rect.good { stroke: var(--good) }
        svg.graph rect.bad { stroke: var(--bad) } svg.graph rect.warning { stroke: var(--warning) }
        svg.graph text { fill: var(--text); font-size: .85rem } svg.graph text.note { fill: var(--quiet); font-size: .75rem }
        svg.graph a:focus-visible rect { stroke: var(--link); stroke-width: 4 }
        summary { cursor: pointer; padding: .2rem 0 }
        .facts { display: grid; gap: .2rem } .facts div { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: .5rem }
        .facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
        nav { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; border-bottom: 1px solid var(--line) }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1rem; padding: 0 }
        nav form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 }
        nav form.search input { width: 8rem }
        nav form.who { margin-left: auto; color: var(--quiet) }
        [aria-current="page"] { font-weight: bold; text-decoration: none; color: var(--text) }
        input, select, textarea, button, a.button { font: inherit; color: var(--text); background: var(--ground);
        border: 1px solid var(--neutral); border-radius: .3rem; padding: .3rem .6rem; max-width: 100% }
        button, a.button { background: var(--raised); cursor: pointer; text-decoration: none; display: inline-block; min-height: 1.5rem }
        .state .badge { font-size: 1.4rem; font-weight: bold } .actions { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
        .told, .problem { border-left: .3rem solid var(--good); background: var(--raised); padding: .5rem .8rem }
        .problem { border-color: var(--bad) }
        pre { font: .85rem/1.4 ui-monospace, monospace; overflow-x: auto; margin: .3rem 0; max-width: 100% }
        .patch > span { display: block } .patch .added { background: var(--added) } .patch .removed { background: var(--removed) }
        .patch .place, .patch .note, .patch .comment { color: var(--quiet) } .patch .string { color: var(--string) }
        .patch .keyword { color: var(--keyword) } .patch mark { color: inherit; background: none; font-weight: bold;
        text-decoration: underline; text-underline-offset: .15em } .patch mark.string { color: var(--string) }
        .patch mark.comment { color: var(--quiet) } .patch mark.keyword { color: var(--keyword) }
        .ansi-bold { font-weight: bold } .ansi-red { color: var(--bad) } .ansi-green { color: var(--good) }
        .ansi-yellow { color: var(--warning) } .ansi-blue { color: var(--link) } .ansi-magenta { color: var(--keyword) }
        .ansi-cyan { color: var(--series-4) } .ansi-black, .ansi-white { color: var(--quiet) } .log { white-space: pre-wrap;
        overflow-wrap: anywhere } [hidden] { display: none }
        fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: .8rem 0; padding: .3rem .8rem .6rem; min-width: 0 }
        legend { font-weight: bold; padding: 0 .3rem } legend .quiet { font-weight: normal }
        .choice { display: grid; grid-template-columns: auto 1fr; gap: 0 .5rem; align-items: baseline; padding: .3rem 0; cursor: pointer }
        code.yaml { grid-column: 2; white-space: pre-wrap; color: var(--quiet); border-left: .2rem solid var(--line); padding-left: .5rem }
        .choice:has(:checked) code.yaml { color: var(--text); border-color: var(--link) }
        @media print { nav, .actions { display: none } }

        """
}
