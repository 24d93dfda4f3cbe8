/// The page's style sheet: one column on a phone, two on a desktop, light and dark.
package let reportStyle = """
    :root{--ink:#1d2733;--soft:#5b6775;--line:#dfe4ea;--page:#f5f7f9;--card:#fff;--accent:#3b7dd8;
    --good-rgb:47 158 115;--bad-rgb:224 99 57;color-scheme:light dark}
    @media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#9aa7b4;--line:#323c47;--page:#12171c;--card:#1b2229}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
    main{max-width:1120px;margin:0 auto;padding:24px 20px 60px}
    h1{font-size:26px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
    h2{font-size:18px;margin:0 0 12px}h3{font-size:14px;margin:0 0 4px;color:var(--soft);font-weight:600}
    header p,section p{color:var(--soft);margin:0 0 14px}
    section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:16px 0}
    .cards{display:grid;grid-template-columns:repeat(6,1fr);gap:0;padding:14px 0}
    .cards div{padding:4px 18px;border-left:1px solid var(--line)}.cards div:first-child{border:0}
    .cards span{display:block;color:var(--soft);font-size:13px}
    .cards strong{font-size:24px;font-variant-numeric:tabular-nums}
    .note{background:#fff3d6;color:#5a4300;border-radius:8px;padding:10px 14px;margin:16px 0}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums}
    .scroll{overflow-x:auto;margin:0 -20px;padding:0 20px}
    .details th{text-align:left;font-weight:500;color:var(--soft);padding:2px 20px 2px 0;vertical-align:top;
    white-space:nowrap}.details td{padding:2px 0;overflow-wrap:anywhere}
    .numbers{width:100%}.numbers th,.numbers td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);
    white-space:nowrap}.numbers th[scope]{text-align:left}
    .numbers thead th{color:var(--soft);font-weight:600;font-size:13px}.numbers tbody th{font-weight:500}
    .sizes{max-width:520px}
    .bar{min-width:110px;position:relative}
    .bar i{position:absolute;left:8px;top:5px;bottom:5px;max-width:calc(100% - 16px);background:var(--accent);
    opacity:.25;border-radius:3px}.bar span{position:relative}
    .charts{display:grid;grid-template-columns:1fr 1fr;gap:18px 26px}polyline{stroke-linejoin:round}
    .chart{width:100%;height:auto;display:block}
    .grid{stroke:var(--line);stroke-width:1}.marker{stroke:var(--soft);stroke-dasharray:4 4}
    .tick,.axis{fill:var(--soft);font-size:12px}.axis{font-size:13px}
    .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:12px 0 0;font-size:13px}
    .legend span{display:inline-flex;align-items:center;gap:7px}.legend i{width:18px;height:4px;border-radius:2px}
    .legend i.truth,.legend i.found{height:12px;width:16px;border:2px solid #27c281;border-radius:2px}
    .legend i.truth{border-style:dashed}.legend i.found{border-color:#ff8a3d}
    .heat th{font-weight:500;font-size:13px;padding:3px 8px;text-align:right;white-space:nowrap}
    .heat thead th{vertical-align:bottom;text-align:left;padding:3px}
    .heat thead span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:150px;overflow:hidden}
    .heat tbody th{position:sticky;left:0;background:var(--card)}
    .heat td{min-width:38px;height:32px;text-align:center;font-size:13px;border:1px solid var(--card);padding:0 6px}
    .zero{color:var(--line)}
    .images{display:grid;grid-template-columns:repeat(3,1fr);gap:18px;margin-top:14px}
    figure{margin:0;min-width:0}.picture{position:relative;line-height:0;border-radius:6px;overflow:hidden}
    .picture img{width:100%;height:auto}.picture svg{position:absolute;inset:0;width:100%;height:100%}
    rect.truth,rect.found{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
    rect.truth{stroke:#27c281;stroke-dasharray:6 4}rect.found{stroke:#ff8a3d}
    .picture text{font-family:system-ui,sans-serif;font-weight:600;paint-order:stroke;stroke:#000c;stroke-width:.2em;
    stroke-linejoin:round}text.truth{fill:#5cf0b0}text.found{fill:#ffb37d}
    figcaption{font-size:13px;color:var(--soft);margin-top:6px;overflow-wrap:anywhere}figcaption b{color:var(--ink)}
    .empty{line-height:1.4;padding:30px;text-align:center;background:var(--page)}
    @media(max-width:720px){main{padding:16px 12px 40px}section{padding:14px}.scroll{margin:0 -14px;padding:0 14px}
    h1{font-size:22px}.charts,.images{grid-template-columns:1fr}
    .cards{grid-template-columns:repeat(3,1fr);padding:8px 0}.cards div{padding:6px 14px;border:0}
    .cards strong{font-size:21px}.tick{font-size:16px}.axis{font-size:17px}.numbers th,.numbers td{padding:6px 7px}
    .classes{font-size:13px}.classes th[scope]{position:sticky;left:0;background:var(--card);z-index:1;max-width:110px;
    overflow:hidden;text-overflow:ellipsis;box-shadow:inset 0 -1px var(--line)}.bar{min-width:70px}}
    """
