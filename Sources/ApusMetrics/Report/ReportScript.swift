/// What a page can do more with a script: sort tables, read values off curves, hide series. It writes text only as
/// text, never as markup.
package let reportScript = """
    (()=>{'use strict';
    const all=(s,e=document)=>[...e.querySelectorAll(s)];
    for(const table of all('table.sortable')){
     const heads=all('thead th',table);
     heads.forEach((head,column)=>{
      head.tabIndex=0;
      const value=row=>{const cell=row.cells[column],v=cell.dataset.v;
       return v===undefined?cell.textContent.trim():v===''?null:Number(v)};
      const sort=()=>{
       const rows=[...table.tBodies[0].rows],isText=typeof rows.map(value).find(v=>v!==null)==='string';
       const last=head.getAttribute('aria-sort');
       const order=last?(last==='descending'?'ascending':'descending'):(isText?'ascending':'descending');
       heads.forEach(h=>h.removeAttribute('aria-sort'));head.setAttribute('aria-sort',order);
       const sign=order==='ascending'?1:-1;
       rows.sort((a,b)=>{const x=value(a),y=value(b);
        if(x===null||y===null)return (x===null)-(y===null);
        return sign*(isText?x.localeCompare(y,undefined,{numeric:true}):x-y)});
       table.tBodies[0].append(...rows)};
      head.addEventListener('click',sort);
      head.addEventListener('keydown',e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();sort()}})})}
    for(const box of all('.curves')){
     const keys=all('.key[data-series]',box);
     const show=(key,on)=>{key.setAttribute('aria-pressed',on);
      for(const g of all('g.line',box))if(g.dataset.series===key.dataset.series)g.classList.toggle('off',!on)};
     for(const key of keys)key.addEventListener('click',()=>show(key,key.getAttribute('aria-pressed')!=='true'));
     for(const every of all('.every',box))every.addEventListener('click',()=>{
      const on=keys.some(k=>k.getAttribute('aria-pressed')!=='true');keys.forEach(k=>show(k,on))})}
    for(const svg of all('svg.chart')){
     const lines=all('g.line',svg).map(g=>({g,points:all('polyline',g).flatMap(p=>
      p.getAttribute('points').split(' ').map(t=>t.split(',').map(Number)))}));
     if(!lines.length)continue;
     const rule=document.createElementNS('http://www.w3.org/2000/svg','path');
     rule.setAttribute('class','rule');svg.append(rule);
     const tip=document.createElement('div');tip.className='tip';tip.hidden=true;svg.parentNode.append(tip);
     const leave=()=>{tip.hidden=true;rule.removeAttribute('d')};
     const move=e=>{
      const frame=svg.getBoundingClientRect(),scale=480/frame.width;
      const u=Math.min(1,Math.max(0,((e.clientX-frame.left)*scale-62)/404)),x=62+404*u;
      const height=(e.clientY-frame.top)*scale;
      let found=[];
      for(const line of lines){
       if(line.g.classList.contains('off'))continue;
       let best=null,least=2.1;
       for(const p of line.points){const d=Math.abs(p[0]-x);if(d<least){least=d;best=p}}
       if(best)found.push({name:line.g.dataset.name,color:line.g.getAttribute('stroke'),y:best[1]})}
      if(!found.length)return leave();
      found.sort((a,b)=>Math.abs(a.y-height)-Math.abs(b.y-height));
      const more=found.length-6;found=found.slice(0,6).sort((a,b)=>a.y-b.y);
      rule.setAttribute('d','M'+x+' 14V280');
      const row=(text,color,strong)=>{const div=document.createElement('div');
       if(color){const i=document.createElement('i');i.style.background=color;div.append(i)}
       const span=document.createElement(strong?'b':'span');span.textContent=text;div.append(span);return div};
      tip.replaceChildren(row(u.toFixed(2),null,true),
       ...found.map(f=>row(((280-f.y)/266).toFixed(3)+'  '+f.name,f.color)));
      if(more>0)tip.append(row('and '+more+' more'));
      tip.hidden=false;
      const left=(e.clientX-frame.left),wide=tip.offsetWidth;
      tip.style.left=Math.max(0,left+wide+18>frame.width?left-wide-12:left+14)+'px';
      tip.style.top=Math.max(0,e.clientY-svg.parentNode.getBoundingClientRect().top-10)+'px'};
     svg.addEventListener('pointermove',move);svg.addEventListener('pointerdown',move);
     svg.addEventListener('pointerleave',leave)}
    })();
    """
