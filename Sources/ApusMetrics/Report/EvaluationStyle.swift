/// What an evaluation's page has beside the style of every page.
package let evaluationStyle = """
    :root{--true:#1fbf75;--false:#ff7a2f;--missed:#ffd43b;--better:#0f7a4a;--worse:#b93815}
    @media(prefers-color-scheme:dark){:root{--better:#5fd6a0;--worse:#ff9a76}}
    nav{display:flex;flex-wrap:wrap;gap:6px 16px;margin:0 0 4px;font-size:14px}
    nav a{color:var(--accent);text-decoration:none}nav a:hover{text-decoration:underline}
    @media(prefers-color-scheme:light){nav a{color:#1f5fb8}}
    .cards{grid-template-columns:repeat(auto-fit,minmax(136px,1fr))}
    .cards small{display:block;color:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
    .plot{position:relative;min-width:0}
    .line{fill:none;stroke-width:1.6}.line.bold{stroke-width:3}.line.off{display:none}
    .over{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
    .column{fill:var(--accent);opacity:.35}.rule{stroke:var(--ink);stroke-width:1;opacity:.5}
    .chart{touch-action:pan-y}
    .tip{position:absolute;z-index:3;pointer-events:none;background:var(--card);border:1px solid var(--line);
    border-radius:8px;padding:6px 9px;font-size:12px;line-height:1.45;white-space:pre;max-width:240px;overflow:hidden;
    box-shadow:0 4px 14px #0003;font-variant-numeric:tabular-nums}
    .tip i{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:6px}
    .keys{gap:6px 8px}
    .key{display:inline-flex;align-items:center;gap:7px;font:inherit;font-size:13px;color:var(--ink);max-width:100%;
    background:none;border:1px solid var(--line);border-radius:14px;padding:2px 10px;cursor:pointer}
    .legend .key span{display:block;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .key i{flex:none;width:14px;height:4px;border-radius:2px}.key[aria-pressed=false]{opacity:.45}
    .sortable thead th{cursor:pointer;user-select:none;vertical-align:bottom}
    .sortable thead th.first{text-align:left}
    .sortable thead th:not(.first){text-align:right}
    .sortable th[aria-sort]::after{content:" ▾"}.sortable th[aria-sort=ascending]::after{content:" ▴"}
    .numbers tbody th{max-width:230px;overflow:hidden;text-overflow:ellipsis}
    .numbers td.text{text-align:left;white-space:normal;min-width:170px;color:var(--soft);overflow-wrap:anywhere}
    .better{color:var(--better)}.worse{color:var(--worse)}.same{color:var(--soft)}
    .heat thead th{text-align:left}.heat tbody th{max-width:150px;overflow:hidden;text-overflow:ellipsis}
    .heat thead span{display:inline-block}
    .scroll+h3,section h3:not(:first-child){margin-top:20px}.plot h3:first-child{margin-top:0}
    details{margin:0}summary{cursor:pointer;font-weight:600;padding:4px 2px}
    .two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:18px 26px;align-items:start}
    .legend i.found,.legend i.invented,.legend i.missed{height:12px;width:16px;border:2px solid;border-radius:2px}
    .legend i.found{border-color:var(--true)}.legend i.invented{border-color:var(--false)}
    .legend i.missed{border:2px dashed #c79a00}
    .legend i.mark{height:11px;width:11px;border:2px solid #19b5fe;border-radius:50%}
    .picture .shape{fill:none;stroke-width:2.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .picture .shape.filled{fill-opacity:.3}
    .picture .found{stroke:var(--true)}.picture .invented{stroke:var(--false)}
    .picture .missed{stroke:var(--missed);stroke-dasharray:6 4}
    .picture .found.filled{fill:var(--true)}.picture .invented.filled{fill:var(--false)}
    .picture .missed.filled{fill:var(--missed)}
    .picture circle.found{fill:var(--true)}.picture circle.invented{fill:var(--false)}
    .picture circle{stroke:#fff;stroke-width:1;vector-effect:non-scaling-stroke}
    .picture .mark{fill:none;stroke:#19b5fe;stroke-width:1.6}
    .picture text.found{fill:#7df0b8;stroke:#000c}.picture text.invented{fill:#ffb58a;stroke:#000c}
    .picture text.missed{fill:#ffe27a;stroke:#000c;stroke-dasharray:none}
    .picture .small{image-rendering:pixelated}
    @media(max-width:720px){.cards{grid-template-columns:repeat(2,1fr)}.two{grid-template-columns:minmax(0,1fr)}
    .numbers.sortable tbody th,.numbers.sortable thead th.first{position:sticky;left:0;background:var(--card);
    z-index:1;min-width:76px;max-width:120px;white-space:normal;overflow-wrap:break-word}.numbers{font-size:13px}
    .numbers td.text{min-width:150px}}
    """
