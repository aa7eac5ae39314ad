// Makes nicer what works without it: theme, copy buttons, questions in a dialog. No dependency, nothing is loaded, nothing is sent.
(() => {
  "use strict";

  const root = document.documentElement;
  const themes = ["system", "light", "dark"];
  const key = "gatehouse-theme";

  // Storage can be forbidden; the page then follows the system.
  const readTheme = () => {
    try {
      const kept = localStorage.getItem(key);
      return themes.includes(kept) ? kept : "system";
    } catch {
      return "system";
    }
  };
  const keepTheme = (theme) => {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It lasts for this page, then.
    }
  };
  const applyTheme = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };

  // Before the body is there, so that no page flashes in the other theme.
  applyTheme(readTheme());

  const announce = (text) => {
    const region = document.querySelector("[data-announce]");
    region.textContent = "";
    requestAnimationFrame(() => { region.textContent = text; });
  };

  const setUpTheme = () => {
    const toggle = document.querySelector("[data-theme-toggle]");
    if (!toggle) return;
    const name = toggle.querySelector("[data-theme-name]");
    const label = () => {
      name.textContent = `Theme: ${readTheme()}`;
      toggle.title = name.textContent;
    };
    toggle.hidden = false;
    label();
    toggle.addEventListener("click", () => {
      const next = themes[(themes.indexOf(readTheme()) + 1) % themes.length];
      keepTheme(next);
      applyTheme(next);
      label();
      announce(name.textContent);
    });
  };

  const setUpCopy = (button) => {
    const text = button.querySelector("[data-copy-text]");
    const said = text.textContent;
    let timer;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        text.textContent = "Copied";
        announce("Copied to the clipboard.");
      } catch {
        // The browser forbids it: selected, one key press copies it.
        getSelection().selectAllChildren(source);
        text.textContent = "Selected";
        announce("Selected. Copy it with the keyboard.");
      }
      clearTimeout(timer);
      timer = setTimeout(() => { text.textContent = said; }, 2000);
    });
  };

  const setUpDialog = (link) => {
    const dialog = document.getElementById(link.dataset.dialog);
    if (!dialog || typeof dialog.showModal !== "function") return;
    link.addEventListener("click", (event) => {
      // A new tab or window shows the page with the same question.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target !== dialog && !event.target.closest("[data-close]")) return;
      event.preventDefault();
      dialog.close();
    });
  };

  // A form sent twice by a double click would ask for two secrets.
  const setUpForm = (form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
  };

  document.addEventListener("DOMContentLoaded", () => {
    setUpTheme();
    document.querySelectorAll("[data-copy]").forEach(setUpCopy);
    document.querySelectorAll("[data-dialog]").forEach(setUpDialog);
    document.querySelectorAll("form[method=post]").forEach(setUpForm);
  });
})();
