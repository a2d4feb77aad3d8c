"use strict";(self.rspackChunkstateless_mind=self.rspackChunkstateless_mind||[]).push([[700],{24(n,r,i){var e=i(25),a=i.n(e),t=i(26),o=(i.n(t))()(a());o.push([n.id,`/* The course in JupyterLab. Every colour is the theme's, so that it is right in light, dark and high contrast. */

.mind-plan,
.mind-summary,
.mind-card {
  --mind-good: var(--jp-success-color0, #1b5e20);
  --mind-bad: var(--jp-error-color0, #b71c1c);
  --mind-part: var(--jp-warn-color0, #e65100);
  --mind-rule: var(--jp-border-color2);

  box-sizing: border-box;
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  line-height: 1.45;
  font-variant-numeric: tabular-nums;
}

[data-jp-theme-light='false'] :is(.mind-plan, .mind-summary, .mind-card) {
  --mind-good: #81c784;
  --mind-bad: #ff8a80;
  --mind-part: #ffb74d;
}

:where(.mind-plan, .mind-summary, .mind-card) :where(p, ul, ol, dl, dd, h2, h3, pre):not(.jp-RenderedMarkdown *) {
  margin: 0;
  padding: 0;
  list-style: none;
}

:is(.mind-plan, .mind-summary, .mind-card) b { font-weight: 600; }
:is(.mind-plan, .mind-summary, .mind-card) a { color: var(--jp-content-link-color); text-decoration: underline; }

:is(.mind-plan, .mind-summary, .mind-card) :focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;
  border-radius: 3px;
}

.mind-soft { color: var(--jp-ui-font-color1); opacity: 0.82; font-size: max(12px, calc(var(--jp-ui-font-size1) * 0.93)); }
.mind-space { flex: 1; }
.mind-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.mind-shape { display: inline-flex; flex: none; width: 16px; height: 16px; color: var(--jp-ui-font-color1); }
.mind-shape svg { display: block; width: 16px; height: 16px; }
.mind-shape:is([data-state='correct'], [data-state='done']) { color: var(--mind-good); }
.mind-shape:is([data-state='wrong'], [data-state='crashed']) { color: var(--mind-bad); }
.mind-shape:is([data-state='almost'], [data-state='tried'], [data-state='timed out']) { color: var(--mind-part); }

.mind-button {
  font: inherit;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  padding: 2px 10px;
  min-height: 26px;
  cursor: pointer;
}
.mind-button:hover { background: var(--jp-layout-color2); }
.mind-button.mind-mod-accept {
  background: var(--jp-accept-color-normal, var(--jp-brand-color1));
  border-color: transparent;
  color: #fff;
  font-weight: 600;
}
.mind-button.mind-mod-accept:hover { background: var(--jp-accept-color-hover, var(--jp-brand-color0)); }

.mind-bar { display: block; height: 6px; border-radius: 3px; background: var(--jp-layout-color3); overflow: hidden; }
.mind-bar i { display: block; height: 100%; background: var(--mind-good); }

.mind-problem {
  border-left: 3px solid var(--mind-bad);
  background: var(--jp-layout-color2);
  padding: 6px 10px;
  overflow-wrap: anywhere;
}

/* The plan */

.mind-plan { background: var(--jp-layout-color1); overflow-y: auto; min-width: 220px; }
.mind-plan-content { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; padding: 12px; overflow-wrap: break-word; }
.mind-plan h2 { font-size: 16px; font-weight: 600; line-height: 1.3; }
.mind-plan h3 { font-size: 12px; font-weight: 600; }
.mind-plan-head { display: grid; gap: 3px; }
.mind-plan-head b { font-size: 16px; }
.mind-plan-content > .mind-problem { display: grid; gap: 8px; justify-items: start; }
.mind-next { display: grid; gap: 4px; justify-items: start; padding: 10px 12px; border: 1px solid var(--mind-rule); border-radius: 4px; background: var(--jp-layout-color0); }
.mind-next-title { font-weight: 600; }
.mind-next .mind-button { margin-top: 4px; }

.mind-plan summary { cursor: pointer; border-radius: 3px; }
.mind-due > summary { font-weight: 600; }
.mind-due-row { display: flex; gap: 8px; align-items: start; justify-content: space-between; padding: 6px 0; border-bottom: 1px solid var(--mind-rule); }
.mind-due li:last-child .mind-due-row { border: 0; }
.mind-due-row .mind-soft { display: block; }

.mind-tree { display: grid; }
.mind-branch > summary { display: grid; grid-template-columns: 12px 1fr; column-gap: 6px; padding: 5px 4px; list-style: none; }
.mind-branch > summary::-webkit-details-marker { display: none; }
.mind-branch > summary::before {
  content: '';
  width: 6px; height: 6px; margin: 6px 0 0 1px;
  border: solid currentColor; border-width: 0 1.5px 1.5px 0;
  transform: rotate(-45deg);
}
.mind-branch[open] > summary::before { transform: rotate(45deg); }
.mind-branch > summary > .mind-soft { grid-column: 2; }
.mind-branch > summary:hover { background: var(--jp-layout-color2); }
.mind-phase { border-top: 1px solid var(--mind-rule); }
.mind-phase:last-child { border-bottom: 1px solid var(--mind-rule); }
.mind-phase > summary .mind-branch-title { font-weight: 600; }
.mind-section[open] > summary .mind-branch-title { font-weight: 600; }
:is(.mind-section, .mind-unit) { margin-left: 10px; }
.mind-days { margin-left: 12px; padding-bottom: 6px; }
.mind-day {
  display: grid; grid-template-columns: 16px 1fr; column-gap: 8px;
  width: 100%; padding: 5px 6px; border: 0; border-radius: 3px; background: none;
  font: inherit; color: inherit; text-align: left;
}
.mind-day .mind-shape { margin-top: 1px; }
.mind-day .mind-soft { grid-column: 2; }
button.mind-day { cursor: pointer; }
button.mind-day:hover { background: var(--jp-layout-color2); }

/* The bar at the top of a lesson */

.mind-summary { background: var(--jp-layout-color1); overflow-y: auto; }
.mind-summary-inside { padding: 6px 12px; border-bottom: 1px solid var(--mind-rule); }
.mind-summary-inside, .mind-rest { display: grid; gap: 4px; }
.mind-line { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; }
.mind-line .mind-bar { width: 90px; }
.mind-score { white-space: nowrap; }
.mind-exercises { display: flex; gap: 4px; }
.mind-chip { display: inline-flex; align-items: center; gap: 4px; padding: 2px 6px; }
.mind-status:empty { display: none; }
.mind-line > .mind-line:empty { display: none; }
.mind-line .mind-problem { padding: 1px 10px; }
.mind-mod-busy .mind-status::before {
  content: '';
  display: inline-block; width: 9px; height: 9px; margin-right: 7px;
  border: 2px solid var(--jp-brand-color1); border-right-color: transparent; border-radius: 50%;
  animation: mind-turn 0.9s linear infinite;
}
@keyframes mind-turn { to { transform: rotate(1turn); } }
.mind-readings summary { cursor: pointer; width: fit-content; border-radius: 3px; }
.mind-readings label { display: flex; gap: 8px; align-items: start; padding: 3px 0 3px 4px; cursor: pointer; }
.mind-readings input { margin: 3px 0 0; }

/* The buttons of the notebook's toolbar */

:is(.mind-check, .mind-watch) .jp-ToolbarButtonComponent-label { padding: 0 4px; }
.mind-mod-busy > .mind-check { opacity: 0.6; }

/* A result, below the cell it speaks of */

.mind-card {
  margin: 6px 0 10px calc(var(--jp-cell-collapser-width, 8px) + var(--jp-cell-prompt-width, 64px));
  padding: 8px 12px 10px;
  border: 1px solid var(--mind-rule);
  border-left: 4px solid var(--jp-border-color1);
  border-radius: 3px;
  background: var(--jp-layout-color0);
  display: grid; gap: 8px; min-width: 0;
}
.mind-card[data-state='correct'] { border-left-color: var(--mind-good); }
.mind-card:is([data-state='wrong'], [data-state='crashed']) { border-left-color: var(--mind-bad); }
.mind-card:is([data-state='almost'], [data-state='timed out']) { border-left-color: var(--mind-part); }
.mind-card header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; }
.mind-card-title { flex: 1; min-width: 12em; font-size: 14px; }
.mind-state { font-weight: 600; }
.mind-state::after { content: ':'; }
.mind-points { white-space: nowrap; font-weight: 600; font-size: 12px; }
.mind-stale { font-size: 12px; padding: 0 8px; border: 1px dashed var(--jp-border-color1); border-radius: 9px; }
.mind-mod-stale > :is(.mind-tests, .mind-reason) { opacity: 0.85; }
.mind-reason { white-space: pre-wrap; overflow-wrap: anywhere; }
.mind-tests { display: grid; gap: 10px; }
.mind-tests > li { display: grid; gap: 4px; border-top: 1px solid var(--mind-rule); padding-top: 8px; min-width: 0; }
.mind-test-title { display: flex; gap: 8px; align-items: center; }
.mind-test-title .mind-points { margin-left: auto; font-weight: 400; }
.mind-card dl { display: grid; gap: 4px; padding-left: 24px; min-width: 0; }
.mind-card dl > div { display: grid; grid-template-columns: 5.5em minmax(0, 1fr); align-items: start; }
.mind-card dt { font-size: 12px; padding-top: 3px; }
.mind-card dd pre {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: 1.4;
  color: var(--jp-content-font-color1);
  background: var(--jp-layout-color2);
  border-radius: 3px;
  padding: 3px 8px;
  max-height: 15em;
  overflow: auto;
  white-space: pre;
}
.mind-card code { font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size); background: var(--jp-layout-color2); padding: 0 3px; border-radius: 2px; }
.mind-idea { padding-left: 24px; }
.mind-passed summary { cursor: pointer; width: fit-content; font-size: 12px; }
.mind-passed ul { padding: 4px 0 0 24px; font-size: 12px; }
.mind-passed ol { padding-top: 6px; }
.mind-hints { display: grid; gap: 8px; }
.mind-hints > li { border-left: 2px solid var(--jp-border-color1); padding-left: 10px; }
.mind-card .jp-RenderedMarkdown { font-size: var(--jp-ui-font-size1); padding: 0; line-height: 1.5; }
.mind-card .jp-RenderedMarkdown > :last-child { margin-bottom: 0; }
.mind-actions { display: flex; flex-wrap: wrap; gap: 8px; }
.mind-solution { border: 1px solid var(--mind-rule); border-radius: 3px; padding: 6px 10px; min-width: 0; overflow: auto; }
.mind-solution .jp-RenderedMarkdown pre { margin: 4px 0; padding: 0; }
.mind-solution-head { display: flex; justify-content: space-between; align-items: center; }

@media print { .mind-summary, .mind-actions { display: none; } }
@media (prefers-reduced-motion: reduce) { .mind-mod-busy .mind-status::before { animation: none; } }

/* JupyterLab breaks long lines of output amid words; a figure's description is to be read. */
.jp-NotebookPanel:has(.mind-summary) .jp-OutputArea-output pre {
  word-break: normal;
  overflow-wrap: anywhere;
}
`,""]),i.d(r,{},{A:o})},26(n){n.exports=function(n){var r=[];return r.toString=function(){return this.map(function(r){var i="",e=void 0!==r[5];return r[4]&&(i+="@supports (".concat(r[4],") {")),r[2]&&(i+="@media ".concat(r[2]," {")),e&&(i+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),i+=n(r),e&&(i+="}"),r[2]&&(i+="}"),r[4]&&(i+="}"),i}).join("")},r.i=function(n,i,e,a,t){"string"==typeof n&&(n=[[null,n,void 0]]);var o={};if(e)for(var d=0;d<this.length;d++){var p=this[d][0];null!=p&&(o[p]=!0)}for(var s=0;s<n.length;s++){var l=[].concat(n[s]);e&&o[l[0]]||(void 0!==t&&(void 0===l[5]||(l[1]="@layer".concat(l[5].length>0?" ".concat(l[5]):""," {").concat(l[1],"}")),l[5]=t),i&&(l[2]&&(l[1]="@media ".concat(l[2]," {").concat(l[1],"}")),l[2]=i),a&&(l[4]?(l[1]="@supports (".concat(l[4],") {").concat(l[1],"}"),l[4]=a):l[4]="".concat(a)),r.push(l))}},r}},25(n){n.exports=function(n){return n[1]}},18(n){var r=[];function i(n){for(var i=-1,e=0;e<r.length;e++)if(r[e].identifier===n){i=e;break}return i}function e(n,e){for(var a={},t=[],o=0;o<n.length;o++){var d=n[o],p=e.base?d[0]+e.base:d[0],s=a[p]||0,l="".concat(p," ").concat(s);a[p]=s+1;var m=i(l),c={css:d[1],media:d[2],sourceMap:d[3],supports:d[4],layer:d[5]};if(-1!==m)r[m].references++,r[m].updater(c);else{var u=function(n,r){var i=r.domAPI(r);return i.update(n),function(r){r?(r.css!==n.css||r.media!==n.media||r.sourceMap!==n.sourceMap||r.supports!==n.supports||r.layer!==n.layer)&&i.update(n=r):i.remove()}}(c,e);e.byIndex=o,r.splice(o,0,{identifier:l,updater:u,references:1})}t.push(l)}return t}n.exports=function(n,a){var t=e(n=n||[],a=a||{});return function(n){n=n||[];for(var o=0;o<t.length;o++){var d=i(t[o]);r[d].references--}for(var p=e(n,a),s=0;s<t.length;s++){var l=i(t[s]);0===r[l].references&&(r[l].updater(),r.splice(l,1))}t=p}}},20(n){var r={};n.exports=function(n,i){var e=function(n){if(void 0===r[n]){var i=document.querySelector(n);if(window.HTMLIFrameElement&&i instanceof window.HTMLIFrameElement)try{i=i.contentDocument.head}catch(n){i=null}r[n]=i}return r[n]}(n);if(!e)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");e.appendChild(i)}},22(n){n.exports=function(n){var r=document.createElement("style");return n.setAttributes(r,n.attributes),n.insert(r,n.options),r}},21(n,r,i){n.exports=function(n){var r=i.nc;r&&n.setAttribute("nonce",r)}},19(n){n.exports=function(n){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=n.insertStyleElement(n);return{update:function(i){var e,a,t;e="",i.supports&&(e+="@supports (".concat(i.supports,") {")),i.media&&(e+="@media ".concat(i.media," {")),(a=void 0!==i.layer)&&(e+="@layer".concat(i.layer.length>0?" ".concat(i.layer):""," {")),e+=i.css,a&&(e+="}"),i.media&&(e+="}"),i.supports&&(e+="}"),(t=i.sourceMap)&&"u">typeof btoa&&(e+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(t))))," */")),n.styleTagTransform(e,r,n.options)},remove:function(){var n;null===(n=r).parentNode||n.parentNode.removeChild(n)}}}},23(n){n.exports=function(n,r){if(r.styleSheet)r.styleSheet.cssText=n;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(n))}}},17(n,r,i){var e=i(18),a=i.n(e),t=i(19),o=i.n(t),d=i(20),p=i.n(d),s=i(21),l=i.n(s),m=i(22),c=i.n(m),u=i(23),f=i.n(u),x=i(24),g={};g.styleTagTransform=f(),g.setAttributes=l(),g.insert=p().bind(null,"head"),g.domAPI=o(),g.insertStyleElement=c(),a()(x.A,g),x.A&&x.A.locals&&x.A.locals}}]);