/// Draws the parallel coordinates and the curves, and keeps both, the tables and the legend on the same runs. It writes
/// text only as text.
let comparisonScript = """
    (()=>{'use strict';
    const data=JSON.parse(document.getElementById('data').textContent);
    if(!data)return;
    const $=id=>document.getElementById(id),NS='http://www.w3.org/2000/svg';
    const svg=(name,attributes,text)=>{const e=document.createElementNS(NS,name);
     for(const k in attributes)e.setAttribute(k,attributes[k]);if(text!==undefined)e.textContent=text;return e};
    const short=(t,n)=>t.length>n?t.slice(0,n-1)+'…':t;
    const shown=v=>v===0?'0':Math.abs(v)>=1e5||Math.abs(v)<1e-3?v.toExponential(1):String(Number(v.toPrecision(4)));
    const off=new Set(),brushes=new Map();let near=-1;
    const passes=run=>[...brushes].every(([axis,[low,high]])=>{
     const v=axis.values[run];return v!==null&&v!==undefined&&v>=low&&v<=high});
    const key=(parent,name,on,change,color)=>{
     const b=document.createElement('button');b.type='button';b.className='key';b.setAttribute('aria-pressed',on);
     if(color){const i=document.createElement('i');i.style.background=color;b.append(i)}
     const s=document.createElement('span');s.textContent=name;b.title=name;b.append(s);
     b.addEventListener('click',()=>{const now=b.getAttribute('aria-pressed')!=='true';
      b.setAttribute('aria-pressed',now);change(now)});
     parent.append(b);return b};

    // Which runs are lit.
    const mark=()=>{
     for(const e of document.querySelectorAll('[data-run]')){
      const run=Number(e.dataset.run),out=!passes(run);
      if(e.tagName==='path'){e.classList.toggle('out',out);e.classList.toggle('near',run===near);
       e.style.display=off.has(run)?'none':''}
      else{e.classList.toggle('dim',out||off.has(run));e.classList.toggle('near',run===near)}}
     $('release').hidden=!brushes.size};
    const hover=(e,run)=>{e.addEventListener('pointerenter',()=>{near=run;mark()});
     e.addEventListener('pointerleave',()=>{near=-1;mark()})};
    for(const row of document.querySelectorAll('tr[data-run]'))hover(row,Number(row.dataset.run));

    // Parallel coordinates.
    const usable=data.axes.filter(a=>new Set(a.values.filter(v=>v!==null&&v!==undefined)).size>1);
    const judged=/(mAP50(-95)?|accuracy|top1|F1|loss)$/;
    const headline=usable.filter(a=>a.isMetric&&/^(val|best|test)/.test(a.key)&&judged.test(a.key)).slice(0,3);
    const results=headline.length?headline:usable.filter(a=>a.isMetric).slice(-3);
    const chosen=new Set([...usable.filter(a=>!a.isMetric).slice(0,9-results.length),...results]);
    const drawAxes=()=>{
     const axes=usable.filter(a=>chosen.has(a)),box=$('axes');box.replaceChildren();
     if(!axes.length){box.textContent='The runs do not differ in anything that an axis could show.';return}
     const room=box.parentNode.clientWidth-40,step=Math.max(112,Math.min(230,room/axes.length));
     const width=Math.max(step*axes.length,200),height=330,top=40,bottom=height-24;
     const root=svg('svg',{class:'coordinates',width,height,viewBox:`0 0 ${width} ${height}`,role:'img',
      'aria-label':'Parallel coordinates of '+axes.map(a=>a.key).join(', ')});
     const x=i=>step*(i+.5);
     const scales=axes.map(axis=>{
      const v=axis.values.filter(v=>v!==null&&v!==undefined);let low=Math.min(...v),high=Math.max(...v);
      if(axis.texts){low=-.5;high=axis.texts.length-.5}
      if(high===low){low-=Math.abs(low)*.1||1;high+=Math.abs(high)*.1||1}
      const isLog=!axis.texts&&low>0&&high/low>=100,f=isLog?Math.log:v=>v;
      return {y:v=>bottom-(f(v)-f(low))/(f(high)-f(low))*(bottom-top),
       value:y=>{const u=f(low)+(bottom-y)/(bottom-top)*(f(high)-f(low));return isLog?Math.exp(u):u},low,high,isLog}});
     const lines=svg('g',{});
     data.runs.forEach((run,r)=>{
      let d='',pen='M';
      axes.forEach((axis,i)=>{const v=axis.values[r];if(v===null||v===undefined){pen='M';return}
       d+=`${pen}${x(i).toFixed(1)} ${scales[i].y(v).toFixed(1)}`;pen='L'});
      const path=svg('path',{class:'path',d,stroke:run.color,'data-run':r});
      path.append(svg('title',{},`${run.name} ${run.id}`));hover(path,r);lines.append(path)});
     root.append(lines);
     axes.forEach((axis,i)=>{
      const s=scales[i],g=svg('g',{});
      const edge=i===0?'start':i===axes.length-1?'end':'middle';
      const name=svg('text',{class:'name',x:edge==='start'?2:edge==='end'?width-2:x(i),y:i%2?30:14,'text-anchor':edge},
       short(axis.key+(s.isLog?' (log)':''),Math.floor(step*2/7.4)));
      name.append(svg('title',{},axis.key));
      g.append(name,svg('path',{class:'axisline',d:`M${x(i)} ${top}V${bottom}`}));
      const ticks=axis.texts?axis.texts.slice(0,12).map((t,k)=>[k,short(t,14)]):
       [0,.25,.5,.75,1].map(u=>{const v=s.value(bottom-(bottom-top)*u);return [v,shown(v)]});
      for(const [v,t] of ticks)
       g.append(svg('text',{class:'tick',x:x(i)+6,y:s.y(v)+4},t));
      const range=brushes.get(axis);
      const brush=svg('rect',{class:'brush',x:x(i)-9,width:18,y:range?s.y(range[1]):0,
       height:range?Math.max(2,s.y(range[0])-s.y(range[1])):0});
      const handle=svg('rect',{class:'handle',x:x(i)-18,y:top-10,width:36,height:bottom-top+20});
      handle.append(svg('title',{},'drag to keep runs'));
      let start=null;
      const place=e=>Math.min(bottom,Math.max(top,(e.clientY-root.getBoundingClientRect().top)));
      handle.addEventListener('pointerdown',e=>{start=place(e);handle.setPointerCapture(e.pointerId)});
      handle.addEventListener('pointermove',e=>{if(start===null)return;
       const now=place(e),a=Math.min(start,now),b=Math.max(start,now);
       if(b-a<4)return;
       brush.setAttribute('y',a);brush.setAttribute('height',b-a);
       brushes.set(axis,[s.value(b),s.value(a)]);mark()});
      handle.addEventListener('pointerup',e=>{
       if(start!==null&&Math.abs(place(e)-start)<4){brushes.delete(axis);brush.setAttribute('height',0)}
       start=null;mark()});
      handle.addEventListener('pointercancel',()=>{start=null});
      g.append(brush,handle);root.append(g)});
     box.append(root);mark()};
    for(const axis of usable)key($('axis-keys'),axis.key,chosen.has(axis),on=>{
     if(on)chosen.add(axis);else{chosen.delete(axis);brushes.delete(axis)}drawAxes()});
    $('release').addEventListener('click',()=>{brushes.clear();drawAxes()});

    // Curves.
    const frame={left:62,top:12,right:468,bottom:270};
    const varies=c=>new Set(c.curves.flatMap(l=>l.v)).size>1;
    const first=data.charts.filter(c=>/^(train|val)/.test(c.key)&&judged.test(c.key)&&varies(c)).slice(0,6);
    const drawn=new Set((first.length?first:data.charts.slice(0,4)).map(c=>c.key));
    const smoothed=(v,share)=>{let last=0,weight=0;return v.map(y=>{if(y===null)return null;
     last=last*share+(1-share)*y;weight=weight*share+(1-share);return last/weight})};
    const steps=(low,high,count)=>{
     const raw=(high-low)/count,base=10**Math.floor(Math.log10(raw));
     const size=[1,2,5,10].map(m=>m*base).find(s=>s>=raw)||raw,out=[];
     for(let v=Math.ceil(low/size)*size;v<=high+size*1e-9;v+=size)out.push(Math.abs(v)<size*1e-9?0:v);return out};
    const drawChart=chart=>{
     const horizontal=$('horizontal').value,isLog=$('log').checked,share=Number($('smooth').value);
     const box=document.createElement('div');box.className='plot';
     const head=document.createElement('h3');head.textContent=chart.key;box.append(head);
     const lines=chart.curves.filter(c=>!off.has(c.run)).map(c=>({run:c.run,x:c[horizontal],y:smoothed(c.v,share)}));
     const points=lines.flatMap(l=>l.x.map((x,i)=>[x,l.y[i]])).filter(p=>p[1]!==null&&(!isLog||p[1]>0));
     if(!points.length){const p=document.createElement('p');
      p.textContent=chart.curves.length&&isLog?'nothing positive to draw':'no run is shown';box.append(p);return box}
     const f=isLog?Math.log10:v=>v;
     let minX=Infinity,maxX=-Infinity,minY=Infinity,maxY=-Infinity;
     for(const [x,y] of points){minX=Math.min(minX,x);maxX=Math.max(maxX,x);
      minY=Math.min(minY,f(y));maxY=Math.max(maxY,f(y))}
     if(maxX===minX)maxX=minX+1;
     if(maxY===minY){minY-=Math.abs(minY)*.1||1;maxY+=Math.abs(maxY)*.1||1}
     const X=v=>frame.left+(v-minX)/(maxX-minX)*(frame.right-frame.left);
     const Y=v=>frame.bottom-(f(v)-minY)/(maxY-minY)*(frame.bottom-frame.top);
     const root=svg('svg',{viewBox:'0 0 480 306',role:'img','aria-label':chart.key});
     for(const v of steps(minX,maxX,5))
      root.append(svg('path',{class:'grid',d:`M${X(v)} ${frame.top}V${frame.bottom}`}),
       svg('text',{class:'tick',x:X(v),y:286,'text-anchor':'middle'},shown(v)));
     const decades=isLog&&maxY-minY>1.5,low=isLog?10**minY:minY,high=isLog?10**maxY:maxY;
     const inner=decades?steps(minY,maxY,5).filter(Number.isInteger).map(u=>10**u):steps(low,high,5);
     for(const v of inner){if(isLog&&v<=0)continue;const y=Y(v);
      root.append(svg('path',{class:'grid',d:`M${frame.left} ${y}H${frame.right}`}),
       svg('text',{class:'tick',x:frame.left-6,y:y+4,'text-anchor':'end'},shown(v)))}
     root.append(svg('text',{class:'axis',x:265,y:303,'text-anchor':'middle'},
      horizontal==='s'?'step':'seconds since the start'));
     for(const line of lines){
      let d='',pen='M';
      line.x.forEach((x,i)=>{const y=line.y[i];if(y===null||(isLog&&y<=0)){pen='M';return}
       d+=`${pen}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`;pen='L'});
      root.append(svg('path',{class:'trace',d,stroke:data.runs[line.run].color,'data-run':line.run}))}
     const rule=svg('path',{class:'rule'}),tip=document.createElement('div');tip.className='tip';tip.hidden=true;
     root.append(rule);box.append(root,tip);
     const leave=()=>{tip.hidden=true;rule.removeAttribute('d')};
     const move=e=>{
      const place=root.getBoundingClientRect(),scale=480/place.width;
      const px=(e.clientX-place.left)*scale,py=(e.clientY-place.top)*scale;
      if(px<frame.left-8||px>frame.right+8)return leave();
      let found=[];
      for(const line of lines){
       if(!passes(line.run))continue;
       let best=-1,least=Infinity;
       line.x.forEach((x,i)=>{const d=Math.abs(X(x)-px),y=line.y[i];
        if(y!==null&&(!isLog||y>0)&&d<least){least=d;best=i}});
       if(best<0||least>40)continue;
       const y=line.y[best];found.push({run:line.run,x:line.x[best],y,far:Math.abs(Y(y)-py),at:least})}
      if(!found.length)return leave();
      const lead=found.reduce((a,b)=>b.at<a.at?b:a);
      const more=found.length-8;found=found.sort((a,b)=>a.far-b.far).slice(0,8).sort((a,b)=>b.y-a.y);
      rule.setAttribute('d',`M${X(lead.x)} ${frame.top}V${frame.bottom}`);
      const row=(text,color,strong)=>{const div=document.createElement('div');
       if(color){const i=document.createElement('i');i.style.background=color;div.append(i)}
       const s=document.createElement(strong?'b':'span');s.textContent=text;div.append(s);return div};
      tip.replaceChildren(row((horizontal==='s'?'step ':'')+shown(lead.x)+(horizontal==='s'?'':' s'),null,true),
       ...found.map(f=>row(shown(f.y)+'  '+short(data.runs[f.run].name,26),data.runs[f.run].color)));
      if(more>0)tip.append(row('and '+more+' more'));
      tip.hidden=false;
      const left=e.clientX-place.left,wide=tip.offsetWidth;
      tip.style.left=Math.max(0,left+wide+18>place.width?left-wide-12:left+14)+'px';
      tip.style.top=Math.max(0,e.clientY-box.getBoundingClientRect().top-10)+'px'};
     root.addEventListener('pointermove',move);root.addEventListener('pointerdown',move);
     root.addEventListener('pointerleave',leave);
     return box};
    const drawCurves=()=>{
     $('charts').replaceChildren(...data.charts.filter(c=>drawn.has(c.key)).map(drawChart));mark()};
    data.runs.forEach((run,r)=>hover(key($('run-keys'),`${run.name} ${run.id}`,true,on=>{
     if(on)off.delete(r);else off.add(r);drawCurves()},run.color),r));
    for(const chart of data.charts)key($('metric-keys'),chart.key,drawn.has(chart.key),on=>{
     if(on)drawn.add(chart.key);else drawn.delete(chart.key);drawCurves()});
    if(!data.charts.length)$('charts').textContent='No metric was recorded more than once.';
    for(const id of ['horizontal','log'])$(id).addEventListener('change',drawCurves);
    $('smooth').addEventListener('input',e=>{e.target.nextElementSibling.textContent=e.target.value;drawCurves()});

    $('same').addEventListener('change',e=>{
     for(const t of document.querySelectorAll('.facts'))t.classList.toggle('whole',e.target.checked)});
    let wide=0;
    const resize=()=>{const now=document.documentElement.clientWidth;if(now!==wide){wide=now;drawAxes()}};
    addEventListener('resize',resize);resize();drawCurves();
    })();
    """
