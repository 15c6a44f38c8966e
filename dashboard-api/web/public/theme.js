// Runs before the first paint, so that no page flashes in the wrong theme or language.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem('yiwang.theme');
    root.dataset.theme = theme === 'light' || theme === 'dark' ? theme : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
    var language = localStorage.getItem('yiwang.language') || navigator.language;
    root.lang = /^zh/i.test(language) ? 'zh-CN' : 'en';
  } catch (e) {
    root.dataset.theme = 'dark';
  }
})();
