/// What a page of compared runs has beside the style of every page.
let comparisonStyle = """
    .swatch{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;vertical-align:-1px}
    .numbers tbody th small{color:var(--soft);font-weight:400}
    .numbers td.plain{text-align:left}.runs tbody th{max-width:280px}
    .best{color:var(--better)}
    .odd{background:#ffe9a8;color:#3d2e00}
    @media(prefers-color-scheme:dark){.odd{background:#5a4710;color:#ffeebf}}
    .facts thead th{text-align:left;font-variant-numeric:tabular-nums}
    .facts tbody th{position:sticky;left:0;background:var(--card);z-index:1;text-align:left}
    [hidden]{display:none!important}
    .facts.none{display:none}.facts.none.whole{display:table}
    .facts .alike{display:none}.facts.whole .alike{display:table-row}.facts .alike td{color:var(--soft)}
    .dim{opacity:.28}tr.near th,tr.near td{background:var(--page)}
    .controls{display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center;margin:0 0 12px;font-size:14px}
    .controls label{display:inline-flex;align-items:center;gap:7px}.controls output{min-width:34px}
    .controls select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);
    border-radius:6px;padding:2px 6px}
    #run-keys{margin:0 0 14px}#curves details,#parallel details{margin-top:14px}
    .coordinates{display:block}.coordinates .path{fill:none;stroke-width:2;opacity:.8}
    .coordinates .path.out{opacity:.1}.coordinates .path.near,.trace.near{stroke-width:4;opacity:1}
    .coordinates .axisline{stroke:var(--soft);stroke-width:1}
    .coordinates .name{fill:var(--ink);font-size:12px;font-weight:600}.coordinates .tick{font-size:11px;
    paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
    .coordinates .handle{fill:transparent;cursor:ns-resize;touch-action:none}
    .coordinates .brush{fill:var(--accent);opacity:.25;stroke:var(--accent);pointer-events:none}
    .trace{fill:none;stroke-width:1.8;stroke-linejoin:round}.trace.out{opacity:.1}
    .plot svg{width:100%;height:auto;display:block;touch-action:pan-y}
    .plot h3{overflow-wrap:anywhere}
    .diff{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-x:auto;margin:8px 0;padding:10px 12px;
    background:var(--page);border-radius:8px}
    .diff .added{color:var(--better)}.diff .removed{color:var(--worse)}.diff .place{color:var(--soft)}
    @media(max-width:720px){.facts tbody th{max-width:130px}.coordinates .name{font-size:13px}}
    """
