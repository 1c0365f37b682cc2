/// The colours of charts, for light and for dark: each stands out from its ground by 3 to 1, and from its neighbours by
/// lightness, too.
package enum ChartStyle {
    package static let css = """
        .chart { margin: 1rem 0; }
        .chart figcaption { font-weight: 600; }
        .chart-legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .25rem 0; padding: 0; }
        .chart-key { width: .75rem; height: .75rem; margin-right: .35rem; vertical-align: baseline; }
        .chart-frame { overflow-x: auto; }
        .chart-drawing { display: block; width: 100%; min-width: 34rem; max-width: 60rem; height: auto; }
        .chart-text { font: 12px sans-serif; fill: var(--chart-text); }
        .chart-number { font-size: 10px; }
        .chart-line { stroke: var(--chart-line); stroke-width: 1; }
        .chart-series-1 { fill: var(--chart-1); }
        .chart-series-2 { fill: var(--chart-2); }
        .chart-series-3 { fill: var(--chart-3); }
        :root { --chart-text: #333; --chart-line: #ccc; --chart-1: #2b7bb9; --chart-2: #c2410c; --chart-3: #57534e; }
        @media (prefers-color-scheme: dark) {
        :root { --chart-text: #ddd; --chart-line: #444; --chart-1: #60a5fa; --chart-2: #fb923c; --chart-3: #a8a29e; }
        }
        """
}
